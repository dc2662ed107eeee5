"""Random programs over the v1 scope API, as plain data (nested lists of steps).

A step is a dict; its "do" says what FuzzPlayer (fuzz_player.py) does. Blocks have a "body". There are few
names and shapes, so that they collide.
"""

NAMES = ["a", "b", "w", "conv", "A", "layer", "v", "a_1", "conv_1", "bias"]
ODD_NAMES = ["a/", "a//b", "_a", "a b", "a.b", ""]
SHAPES = [[2], [2], [2], [], [3, 2], [6, 4], None]
INITIALIZERS = ["zeros", "ones", "const", "value", "array", "normal", "callable", "heard"]
DEVICES = ["/cpu:0", "/gpu:1", "/replica:0", "/task:0/gpu:2", "", None]
OPS = ["const", "add", "identity", "placeholder", "matmul", "mul", "neg", "radd", "sub"]
FILTERS = [None, "a", "conv", "a/", ".*w", "layer/a"]
DEEPEST = 5


class ProgramMaker:
    """Makes one program from a random number generator.

    Args:
      rng: a random.Random.
      length: about how many steps.
    """

    def __init__(self, rng, length):
        self.rng = rng
        self.budget = length

    def make(self, depth=0, plain=False):
        """A list of steps; with `plain`, only steps that open no scope and may be repeated."""
        steps = []
        while self.budget > 0 and (depth == 0 or self.rng.random() < 0.8):
            self.budget -= 1
            steps.append(self.step(depth, plain or depth >= DEEPEST))
        return steps

    def step(self, depth, plain):
        choices = {"get": 28, "var": 6, "op": 12, "where": 4}
        if not plain:
            choices |= {"vs": 26, "ns": 14, "reuse": 3, "unique": 3, "list": 4, "set": 3, "assign": 3}
            choices |= {"collect": 2, "deps": 3, "device": 3, "colocate": 1, "creator": 2, "template": 3}
            choices |= {"thread": 2, "graph": 1, "together": 1}
        do = self.rng.choices(list(choices), list(choices.values()))[0]
        step = {"do": do}
        make = getattr(self, "add_" + do, None)
        if make:
            make(step)
        if do in ("vs", "ns", "deps", "device", "colocate", "creator", "thread", "graph"):
            step["body"] = self.make(depth + 1)
        if do == "template":
            step["body"] = self.make(depth + 1, plain=True)
        return step

    def name(self):
        if self.chance(0.02):
            return self.rng.choice(ODD_NAMES)
        name = self.rng.choice(NAMES)
        return name if self.chance(0.9) else name + "/" + self.rng.choice(NAMES)

    def chance(self, probability):
        return self.rng.random() < probability

    def pick(self):
        return self.rng.randrange(64)

    def add_vs(self, step):
        hows = ["name"] * 4 + ["default", "both", "captured", "captured", "current", "empty", "op_scope"]
        step |= {"how": self.rng.choice(hows), "name": self.name(), "pick": self.pick()}
        step["reuse"] = self.rng.choice([None] * 8 + [True, True, False, "auto", "auto"])
        if self.chance(0.12):
            step["init"] = self.rng.randint(1, 9)
        if self.chance(0.08):
            step["dtype"] = self.rng.choice(["float64", "int32", "float16"])
        if self.chance(0.10):
            step["aux"] = False
        if self.chance(0.10):
            step["reg"] = True
        if self.chance(0.07):
            step["getter"] = self.rng.choice(["same", "rename", "double", "auto"])
        if self.chance(0.06):
            step["part"] = self.rng.randint(2, 3)

    def add_ns(self, step):
        hows = ["name", "name", "name", "default", "captured", "empty", "none", "original", "slash", "values"]
        step |= {"how": self.rng.choice(hows), "name": self.name(), "pick": self.pick()}

    def add_get(self, step):
        step |= {"name": self.name(), "shape": self.rng.choice(SHAPES)}
        if self.chance(0.25):
            step["init"] = self.rng.choice(INITIALIZERS)
        if self.chance(0.10):
            step["dtype"] = self.rng.choice(["float64", "int32", "bool", "float32"])
        if self.chance(0.10):
            step["trainable"] = False
        if self.chance(0.06):
            step["local"] = True
        if self.chance(0.07):
            step["part"] = self.rng.randint(2, 3)
        if self.chance(0.05):
            step["collections"] = ["mine"]
        if self.chance(0.04):
            step["getter"] = self.rng.choice(["same", "rename", "double", "auto"])
        if self.chance(0.04):
            step["reg"] = True

    def add_var(self, step):
        step |= {"name": self.rng.choice([*NAMES, None]), "trainable": self.chance(0.8)}
        step["value"] = self.rng.choice(["list", "list", "callable", "tensor", "initial"])

    def add_op(self, step):
        step |= {"op": self.rng.choice(OPS), "name": self.name() if self.chance(0.5) else None}
        step |= {"pick": self.pick(), "pick2": self.pick()}

    def add_unique(self, step):
        step |= {"name": self.rng.choice(NAMES), "mark": self.chance(0.7)}

    def add_list(self, step):
        step["scope"] = self.rng.choice(FILTERS)

    def add_set(self, step):
        step["what"] = self.rng.choice(["dtype", "initializer", "partitioner", "custom_getter"])

    def add_assign(self, step):
        hows = ["assign", "assign_add", "assign_sub", "read_value", "parts"]
        step |= {"how": self.rng.choice(hows), "pick": self.pick()}

    def add_collect(self, step):
        step["pick"] = self.pick()

    def add_deps(self, step):
        step["how"] = self.rng.choice(["one", "one", "two", "none", "empty"])
        step |= {"pick": self.pick(), "pick2": self.pick()}

    def add_device(self, step):
        step["device"] = self.rng.choice(DEVICES)

    def add_colocate(self, step):
        step["pick"] = self.pick()

    def add_creator(self, step):
        step["kind"] = self.rng.choice(["same", "untrainable", "rename"])

    def add_template(self, step):
        step |= {"name": self.rng.choice(NAMES), "calls": self.rng.randint(1, 3), "now": self.chance(0.3)}

    def add_together(self, step):
        step["pick"] = self.pick()


def make_program(rng):
    """A program of about 8 to 34 steps."""
    return ProgramMaker(rng, rng.randint(8, 34)).make()

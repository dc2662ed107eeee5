"""Runs the programs of fuzz_programs.py on a module with v1's API and records what happens."""

import contextlib
import re
import threading

from conformance.script import first_line


class FuzzPlayer:
    """Plays one program.

    Args:
      tf: the module.

    Attributes:
      trace: the lines recorded so far.
      scopes, names: variable scopes and name scopes captured, for later steps to pick from.
      tensors: float32 tensors and variables of shape [2] of the current graph, inputs for ops.
      known: variables whose initial values are not random.
      parts: partitioned variables.
    """

    def __init__(self, tf):
        self.tf = tf
        self.trace, self.scopes, self.names = [], [], []
        self.tensors, self.known, self.parts, self.seen = [], [], [], set()

    def say(self, *words):
        self.trace.append(" ".join(str(w) for w in words))

    def error(self, what, error):
        self.say(what, "raised", first_line(error)[:140])

    def show(self, v):
        if hasattr(v, "dtype") and hasattr(v, "get_shape"):
            return f"{v.name} {v.dtype.base_dtype.name} {v.get_shape().as_list()}"
        return f"{v.name}"

    def play(self, steps):
        for step in steps:
            if "body" in step and step["do"] != "template":
                self.block(step)
                continue
            try:
                getattr(self, "do_" + step["do"])(step)
            except Exception as error:
                self.error(step["do"], error)

    def block(self, step):
        """Enters a block and plays its body; only the entry may fail."""
        entered = False
        try:
            with getattr(self, "enter_" + step["do"])(step) as scope:
                entered = True
                if step["do"] == "vs":
                    self.say("vs", *self.where(scope), self.mode(scope))
                    self.scopes.append(scope)
                elif step["do"] == "ns":
                    self.say("ns", repr(scope), repr(self.tf.get_variable_scope().name))
                    self.names += [scope] if scope is not None else []
                self.play(step["body"])
        except Exception as error:
            if entered:
                raise
            self.error(step["do"], error)

    def mode(self, scope):
        return "auto" if scope.reuse is self.tf.AUTO_REUSE else bool(scope.reuse)

    def where(self, scope):
        graph = self.tf.get_default_graph()
        dtype = scope.dtype.name if hasattr(scope.dtype, "name") else scope.dtype
        return repr(scope.name), repr(scope.original_name_scope), dtype, repr(graph.get_name_scope())

    def tensor(self, pick):
        return self.tensors[pick % len(self.tensors)] if self.tensors else None

    def getter(self, kind):
        def custom(getter, name, *args, **kwargs):
            if kind == "rename":
                return getter(name + "_got", *args, **kwargs)
            if kind == "auto":
                kwargs["reuse"] = self.tf.AUTO_REUSE
            v = getter(name, *args, **kwargs)
            return v * 2 if kind == "double" and isinstance(v, self.tf.Variable) else v

        return custom

    def regularizer(self):
        return lambda v: self.tf.reduce_sum(v, name="penalty")

    def enter_vs(self, step):
        tf, how = self.tf, step["how"]
        kwargs = {"reuse": tf.AUTO_REUSE if step["reuse"] == "auto" else step["reuse"]}
        if "init" in step:
            kwargs["initializer"] = tf.constant_initializer(float(step["init"]))
        if "dtype" in step:
            kwargs["dtype"] = getattr(tf, step["dtype"])
        if "aux" in step and how != "op_scope":
            kwargs["auxiliary_name_scope"] = step["aux"]
        if "reg" in step:
            kwargs["regularizer"] = self.regularizer()
        if "part" in step:
            kwargs["partitioner"] = tf.fixed_size_partitioner(step["part"])
        if "getter" in step:
            kwargs["custom_getter"] = self.getter(step["getter"])
        if how == "op_scope":
            return tf.variable_op_scope(self.tensors[:1], None, step["name"], **kwargs)
        if how == "both":
            return tf.variable_scope(step["name"], default_name="dflt", **kwargs)
        if how == "default":
            return tf.variable_scope(None, default_name=step["name"], **kwargs)
        if how == "captured" and self.scopes:
            return tf.variable_scope(self.scopes[step["pick"] % len(self.scopes)], **kwargs)
        if how in ("captured", "current"):
            return tf.variable_scope(tf.get_variable_scope(), **kwargs)
        return tf.variable_scope("" if how == "empty" else step["name"], **kwargs)

    def enter_ns(self, step):
        tf, how = self.tf, step["how"]
        if how == "default":
            return tf.name_scope(None, step["name"], [])
        if how == "values":
            return tf.name_scope(step["name"], "default", [3, *self.tensors[:2]])
        if how == "captured" and self.names:
            return tf.name_scope(self.names[step["pick"] % len(self.names)])
        if how == "empty":
            return tf.name_scope("")
        if how == "none":
            return tf.name_scope(None)
        if how == "slash":
            return tf.name_scope(step["name"] + "/")
        if how == "original":
            return tf.name_scope(tf.get_variable_scope().original_name_scope or step["name"])
        return tf.name_scope(step["name"])

    def enter_deps(self, step):
        x, y = self.tensor(step["pick"]), self.tensor(step["pick2"])
        given = {"none": None, "empty": [], "one": [x], "two": [x, y]}[step["how"]]
        return self.tf.control_dependencies([] if x is None and given else given)

    def enter_device(self, step):
        return self.tf.device(step["device"])

    def enter_colocate(self, step):
        x = self.tensor(step["pick"])
        return contextlib.nullcontext() if x is None else self.tf.colocate_with(x.op)

    def enter_creator(self, step):
        def creator(next_creator, **kwargs):
            self.say("creator", step["kind"], kwargs["name"])
            if step["kind"] == "untrainable":
                kwargs["trainable"] = False
            if step["kind"] == "rename":
                kwargs["name"] = (kwargs["name"] or "made") + "_c"
            return next_creator(**kwargs)

        return self.tf.variable_creator_scope(creator)

    @contextlib.contextmanager
    def enter_graph(self, step):
        kept = self.tensors, self.parts
        self.tensors, self.parts = [], []
        with self.tf.Graph().as_default():
            yield
        self.tensors, self.parts = kept

    @contextlib.contextmanager
    def enter_thread(self, step):
        graph, body, failures = self.tf.get_default_graph(), step["body"], []

        def run():
            try:
                # programs/threads.py tests whether devices and dependencies reach other threads.
                with graph.as_default(), graph.device(None), graph.control_dependencies(None):
                    self.play(body)
            except Exception as error:
                failures.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        if failures:
            raise failures[0]
        yield

    def initializer(self, kind):
        tf = self.tf
        return {
            "zeros": tf.zeros_initializer(),
            "ones": tf.ones_initializer(),
            "const": tf.constant_initializer(2),
            "normal": tf.random_normal_initializer(seed=1),
            "value": 3.0,
            "array": [1.0, 2.0],
            "callable": lambda: tf.constant([1.0, 2.0]),
            "heard": lambda shape, dtype=None, partition_info=None: tf.ones(shape, dtype),
        }[kind]

    def do_get(self, step):
        tf, kind, kwargs, shape = self.tf, step.get("init"), {}, step["shape"]
        if "dtype" in step:
            kwargs["dtype"] = getattr(tf, step["dtype"])
        if kind:
            kwargs["initializer"] = self.initializer(kind)
        if kind in ("value", "callable"):
            shape = None
        if "part" in step:
            kwargs["partitioner"] = tf.fixed_size_partitioner(step["part"])
        if "getter" in step:
            kwargs["custom_getter"] = self.getter(step["getter"])
        if "reg" in step:
            kwargs["regularizer"] = self.regularizer()
        kwargs |= {key: step[key] for key in ("trainable", "collections") if key in step}
        v = (tf.get_local_variable if step.get("local") else tf.get_variable)(step["name"], shape, **kwargs)
        what = "tensor"
        if isinstance(v, tf.Variable):
            what = f"variable {v.op.device}".strip()
        elif type(v).__name__ == "PartitionedVariable":
            what = "parts " + ",".join(p.name for p in v)
            self.parts.append(v)
        self.say("get", self.show(v), what)
        if not isinstance(v, tf.Variable):
            return
        if (v.graph, v.name) not in self.seen:
            self.seen.add((v.graph, v.name))
            if kind and kind != "normal":
                self.known.append(v)
        self.offer(v)

    def offer(self, v):
        if v.get_shape().as_list() == [2] and v.dtype.base_dtype == self.tf.float32:
            self.tensors.append(v)

    def do_var(self, step):
        tf = self.tf
        value = [1.0, 2.0]
        if step["value"] == "callable":
            value = lambda: tf.constant([1.0, 2.0])  # noqa: E731
        elif step["value"] == "tensor":
            value = tf.constant([1.0, 2.0])
        elif step["value"] == "initial":
            known = [v for v in self.known if v.graph is tf.get_default_graph()]
            value = known[-1].initial_value if known else value
        v = tf.Variable(value, name=step["name"], trainable=step["trainable"])
        self.say("var", self.show(v), v.op.device)
        self.known.append(v)
        self.offer(v)

    def do_op(self, step):
        tf, op = self.tf, step["op"]
        kwargs = {"name": step["name"]} if step["name"] is not None else {}
        x, y = self.tensor(step["pick"]), self.tensor(step["pick2"])
        if op == "const" or (x is None and op != "placeholder"):
            r = tf.constant([1.0, 2.0], **kwargs)
        elif op == "placeholder":
            r = tf.placeholder(tf.float32, [2], **kwargs)
        elif op == "matmul":
            r = tf.matmul(tf.reshape(x, [1, 2]), tf.reshape(y, [2, 1]), **kwargs) + tf.zeros([1, 2])
            r = tf.reshape(r, [2])
        elif op in ("radd", "sub"):
            r = 1.0 + x if op == "radd" else x - y
        elif op in ("add", "mul"):
            r = (tf.add if op == "add" else tf.multiply)(x, y, **kwargs)
        else:
            r = (tf.identity if op == "identity" else tf.negative)(x, **kwargs)
        self.say("op", r.name, r.op.name, *("^" + c.name for c in r.op.control_inputs), r.op.device)
        self.tensors.append(r)

    def do_reuse(self, step):
        self.tf.get_variable_scope().reuse_variables()
        self.say("reuse", self.tf.get_variable_scope().reuse)

    def do_unique(self, step):
        self.say("unique", self.tf.get_default_graph().unique_name(step["name"], mark_as_used=step["mark"]))

    def do_list(self, step):
        tf = self.tf
        trainable = [v.name for v in tf.trainable_variables(step["scope"])]
        self.say("list", *trainable, "|", *[v.name for v in tf.get_collection("variables", step["scope"])])

    def do_where(self, step):
        self.say("where", *self.where(self.tf.get_variable_scope()))

    def do_set(self, step):
        tf, scope = self.tf, self.tf.get_variable_scope()
        value = {
            "dtype": tf.float64,
            "initializer": tf.ones_initializer(),
            "partitioner": tf.fixed_size_partitioner(2),
            "custom_getter": self.getter("rename"),
        }[step["what"]]
        getattr(scope, "set_" + step["what"])(value)
        self.say("set", step["what"])

    def do_assign(self, step):
        if step["how"] == "parts":
            if self.parts:
                v = self.parts[step["pick"] % len(self.parts)]
                self.say("assign", *(t.name for t in v.assign([p.initial_value for p in v])))
            return
        variables = [t for t in self.tensors if isinstance(t, self.tf.Variable)]
        if variables:
            v = variables[step["pick"] % len(variables)]
            arguments = () if step["how"] == "read_value" else ([3.0, 4.0],)
            t = getattr(v, step["how"])(*arguments)
            self.say("assign", t.name, *("^" + c.name for c in t.op.control_inputs), t.op.device)

    def do_collect(self, step):
        self.tf.add_to_collection("mine", self.tensor(step["pick"]))
        self.say("collect", *(getattr(x, "name", x) for x in self.tf.get_collection("mine", "a")))

    def do_template(self, step):
        template = self.tf.make_template(step["name"], lambda: self.play(step["body"]), step["now"])
        for _ in range(step["calls"]):
            try:
                template()
            except Exception as error:
                self.error("template", error)
        self.say("template", template.variable_scope_name, *(v.name for v in template.variables))

    def do_together(self, step):
        if self.parts:
            t = self.parts[step["pick"] % len(self.parts)].as_tensor()
            self.say("together", t.name, t.get_shape().as_list())


def run(tf, steps):
    """Plays a program in a graph of its own, then lists collections and initial values; returns the lines."""
    with tf.Graph().as_default() as graph:
        player = FuzzPlayer(tf)
        player.play(steps)
        for key in ("variables", "trainable_variables", "local_variables", "regularization_losses", "mine"):
            player.say(key, *(getattr(x, "name", x) for x in tf.get_collection(key)))
        known = [v for v in player.known if v.graph is graph]
        with tf.Session(config=tf.ConfigProto(allow_soft_placement=True)) as session:
            # A constant may have a control dependency on a placeholder or on an uninitialized variable.
            fed = {t: [1.0, 1.0] for t in player.tensors if t.op.type == "Placeholder" and t.graph is graph}
            for v in known:
                try:
                    session.run(v.initializer, fed)
                    player.say("value", v.name, session.run(v).tolist())
                except tf.errors.FailedPreconditionError as error:
                    player.say("value", v.name, type(error).__name__)
        return [re.sub(r" +$", "", line) for line in player.trace]

"""default_name: which suffix, and which counter it comes from."""


def _enter(tf, name):
    with tf.variable_scope(None, default_name=name) as scope:
        return scope.name, scope.original_name_scope


def counting(tf, say):
    say(*(_enter(tf, name) for name in ("a", "a", "a_1", "a", "A", "a_2")))


def names_opened_by_hand_count(tf, say):
    with tf.variable_scope("a"):
        pass
    say(_enter(tf, "a"))
    with tf.variable_scope("a_2"):
        pass
    say(_enter(tf, "a"))


def per_parent(tf, say):
    with tf.variable_scope("p"):
        say(_enter(tf, "a"), _enter(tf, "a"))
    with tf.variable_scope("q"):
        say(_enter(tf, "a"))
    say(_enter(tf, "a"))


def reopening_the_parent_starts_again(tf, say):
    with tf.variable_scope("p"):
        with tf.variable_scope("a"):
            pass
        say(_enter(tf, "a"))
    with tf.variable_scope("p") as p:
        say(_enter(tf, "a"), _enter(tf, "a"))
    with tf.variable_scope(p):
        say(_enter(tf, "a"))
    with tf.variable_scope("p"):
        say(_enter(tf, "a"))


def inside_a_captured_scope(tf, say):
    with tf.variable_scope("p") as p:
        say(_enter(tf, "a"))
        with tf.variable_scope(p):
            say(_enter(tf, "a"))
        say(_enter(tf, "a"))
    with tf.variable_scope("q"):
        with tf.variable_scope(p):
            say(_enter(tf, "a"))
        say(_enter(tf, "a"))


def nested_defaults(tf, say):
    for _ in range(2):
        with tf.variable_scope(None, "a") as outer:
            say(outer.name, _enter(tf, "b"), _enter(tf, "b"))


def slashes(tf, say):
    with tf.variable_scope("x/y"):
        pass
    say(_enter(tf, "x"), _enter(tf, "x/y"))
    with tf.variable_scope("x"):
        say(_enter(tf, "y"), _enter(tf, "y/z"), _enter(tf, "y/z"))
    say(_enter(tf, "d/"), _enter(tf, "d/"))


def empty(tf, say):
    say(_enter(tf, ""))
    with tf.variable_scope("p"):
        say(_enter(tf, ""))


def empty_again(tf, say):
    def enter(**arguments):
        with tf.variable_scope(None, "", **arguments) as scope:
            say(repr(scope.name), repr(scope.original_name_scope), tf.constant(1.0, name="c"))
            say.of("v", tf.get_variable, "v", [1])

    for _ in range(3):
        enter()
    enter(auxiliary_name_scope=False)
    with tf.variable_scope("p"):
        for _ in range(3):
            enter()
        with tf.variable_scope("", auxiliary_name_scope=False):
            enter()
            enter()
    with tf.variable_scope(""):
        enter()
    with tf.variable_scope("p"):
        enter()
    say.of("reuse", enter, reuse=True)


def names_of_ops_are_another_counter(tf, say):
    tf.constant(1.0, name="a")
    say(_enter(tf, "a"))
    with tf.name_scope("b"):
        pass
    say(_enter(tf, "b"), _enter(tf, "b"))
    tf.get_variable("c", [1])
    say(_enter(tf, "c"))


def reuse_inside(tf, say):
    with tf.variable_scope("p", reuse=tf.AUTO_REUSE):
        with tf.variable_scope(None, "a"):
            say(tf.get_variable("v", [1]))
        with tf.variable_scope(None, "a"):
            say(tf.get_variable("v", [1]))
    with tf.variable_scope("p", reuse=True), tf.variable_scope(None, "a"):
        say(tf.get_variable("v", [1]))


def layers_with_default_names(tf, say):
    def dense(x, units, name=None):
        with tf.variable_scope(name, "dense", [x]):
            w = tf.get_variable("w", [2, units])
            return tf.matmul(x, w)

    x = tf.placeholder(tf.float32, [None, 2], name="x")
    say(dense(x, 2), dense(x, 2), dense(x, 2, "mine"), dense(x, 2))
    with tf.variable_scope("mine", reuse=True):
        say(tf.get_variable("w"))
    say(tf.global_variables())


def other_graphs_count_for_themselves(tf, say):
    say(_enter(tf, "a"))
    with tf.Graph().as_default():
        say(_enter(tf, "a"))
    say(_enter(tf, "a"))


def counts_after_deep_nesting(tf, say):
    with tf.variable_scope("a"):
        with tf.variable_scope("b"), tf.variable_scope("c"):
            pass
        with tf.variable_scope(None, "b") as b:
            say(b.name)
            with tf.variable_scope(None, "c") as c:
                say(c.name)
        with tf.variable_scope("b"):
            say(_enter(tf, "c"))
    say(_enter(tf, "a"), _enter(tf, "a/b"))

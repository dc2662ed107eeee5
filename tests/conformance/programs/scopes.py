"""variable_scope by name: paths, name scopes, properties, inheritance, nesting."""


def _here(tf):
    scope = tf.get_variable_scope()
    return [scope.name, scope.original_name_scope, tf.get_default_graph().get_name_scope(), scope.reuse]


def root(tf, say):
    say(_here(tf))
    scope = tf.get_variable_scope()
    for name in (
        "caching_device constraint custom_getter dtype initializer name original_name_scope "
        "partitioner regularizer reuse use_resource"
    ).split():
        say(name, getattr(scope, name))


def nested(tf, say):
    with tf.variable_scope("a"):
        say(_here(tf))
        with tf.variable_scope("b") as b:
            say(_here(tf), b.name, b is tf.get_variable_scope())
            say(tf.get_variable("v", [2]), tf.constant(1.0, name="c"))
        say(_here(tf))
    say(_here(tf))


def same_name_twice(tf, say):
    for _ in range(3):
        with tf.variable_scope("a"):
            say(_here(tf), tf.constant(1.0, name="c"))
    with tf.variable_scope("A"):
        say(_here(tf), tf.constant(1.0, name="c"), tf.get_variable("v", [1]))
    with tf.variable_scope("a"):
        say(tf.get_variable("v", [1]))


def slashes_in_names(tf, say):
    with tf.variable_scope("a/b"):
        say(_here(tf), tf.get_variable("v", [1]), tf.constant(1.0, name="c"))
        with tf.variable_scope("c/d"):
            say(_here(tf), tf.get_variable("v", [1]))
    with tf.variable_scope("a"), tf.variable_scope("b"):
        say(_here(tf))
        say.of("exists", tf.get_variable, "v", [1])
    say(tf.get_variable("x/y/z", [1]))
    with tf.variable_scope("x/y"):
        say.of("exists", tf.get_variable, "z", [1])


def trailing_slash(tf, say):
    with tf.variable_scope("a/"):
        say(_here(tf), tf.get_variable("v", [1]), tf.constant(1.0, name="c"))
    with tf.variable_scope("a/"):
        say(_here(tf), tf.constant(1.0, name="c"))
    with tf.variable_scope("o"), tf.variable_scope("a/"):
        say(_here(tf), tf.get_variable("v", [1]), tf.constant(1.0, name="c"))


def empty_name(tf, say):
    with tf.variable_scope(""):
        say(_here(tf), tf.get_variable("v", [1]))
    with tf.variable_scope("a"):
        with tf.variable_scope(""):
            say(_here(tf), tf.get_variable("v", [1]), tf.constant(1.0, name="c"))
            with tf.variable_scope("b"):
                say(_here(tf), tf.get_variable("v", [1]))
        say(_here(tf))


def empty_name_reuse(tf, say):
    say(tf.get_variable("v", [1]))
    with tf.variable_scope("", reuse=True):
        say(_here(tf), tf.get_variable("v", [1]))
    with tf.variable_scope("a"):
        say(tf.get_variable("v", [1]))
        with tf.variable_scope("", reuse=True):
            say.of("a//v", tf.get_variable, "v", [1])


def name_scopes_do_not_move_variables(tf, say):
    with tf.name_scope("n"):
        say(tf.get_variable("v", [1]), tf.Variable(1.0, name="w"))
        with tf.variable_scope("a"):
            say(_here(tf), tf.get_variable("v", [1]), tf.Variable(1.0, name="w"), tf.constant(1.0, name="c"))
            with tf.name_scope("m"):
                say(_here(tf), tf.get_variable("u", [1]), tf.Variable(1.0, name="w"))
    with tf.variable_scope("a"):
        say(_here(tf), tf.get_variable("x", [1]), tf.Variable(1.0, name="w"))


def inside_a_root_name_scope(tf, say):
    with tf.variable_scope("a"), tf.name_scope(None):
        say(_here(tf), tf.get_variable("v", [1]), tf.constant(1.0, name="c"))
        with tf.variable_scope("b"):
            say(_here(tf), tf.get_variable("v", [1]), tf.constant(1.0, name="c"))


def without_auxiliary_name_scope(tf, say):
    with tf.variable_scope("a", auxiliary_name_scope=False) as a:
        say(_here(tf), tf.get_variable("v", [1]), tf.constant(1.0, name="c"))
        with tf.variable_scope("b"):
            say(_here(tf), tf.get_variable("v", [1]), tf.constant(1.0, name="c"))
    with tf.variable_scope("t"):
        with tf.variable_scope("a", auxiliary_name_scope=False):
            say(_here(tf), tf.get_variable("v", [1]), tf.constant(1.0, name="c"))
        with tf.variable_scope(a, auxiliary_name_scope=False):
            say(_here(tf), tf.get_variable("w", [1]), tf.constant(1.0, name="c"))
        with tf.variable_scope(a):
            say(_here(tf))
        with tf.variable_scope(None, "d", auxiliary_name_scope=False):
            say(_here(tf))


def reentering_by_original_name_scope(tf, say):
    with tf.variable_scope("a") as a:
        say(tf.constant(1.0, name="c"))
    with tf.variable_scope(a, auxiliary_name_scope=False), tf.name_scope(a.original_name_scope):
        say(_here(tf), tf.constant(1.0, name="c"), tf.get_variable("v", [1]))


def same_context_manager_twice(tf, say):
    manager = tf.variable_scope("a")
    with manager as first:
        say(_here(tf))
    with manager as second:
        say(_here(tf), first is second)
    manager = tf.variable_scope(None, default_name="d")
    for _ in range(2):
        with manager:
            say(_here(tf))
    with tf.variable_scope(None, default_name="d"):
        say(_here(tf))


def same_context_manager_nested(tf, say):
    manager = tf.variable_scope("a")

    def enter_twice():
        with manager:
            say(_here(tf))
            with manager:
                say(_here(tf))

    say.of("twice", enter_twice)


def wrong_order_of_exits(tf, say):
    outer, inner = tf.variable_scope("a"), tf.variable_scope("b")
    outer.__enter__()
    inner.__enter__()
    say.of("outer first", outer.__exit__, None, None, None)


def errors_at_construction(tf, say):
    say.of("nothing", tf.variable_scope, None)
    say.of("reuse 1", tf.variable_scope, "a", reuse=1)
    say.of("reuse string", tf.variable_scope, "a", reuse="yes")
    say.of("auxiliary None", tf.variable_scope, "a", auxiliary_name_scope=None)
    say.of("auxiliary 0", tf.variable_scope, "a", auxiliary_name_scope=0)


def errors_at_entry(tf, say):
    say.of("number", tf.variable_scope(3).__enter__)
    say.of("list", tf.variable_scope(["a"]).__enter__)
    say.of("reuse without a name", tf.variable_scope(None, "d", reuse=True).__enter__)
    say.of("default number", tf.variable_scope(None, 3).__enter__)
    say.of("values number", tf.variable_scope, "a", values=3)
    say(_here(tf), tf.constant(1.0, name="c"))


def an_error_inside_leaves_the_scope(tf, say):
    def fail():
        with tf.variable_scope("a", reuse=tf.AUTO_REUSE), tf.name_scope("n"):
            raise ZeroDivisionError("inside")

    say.of("body", fail)
    say(_here(tf))


def arguments_are_inherited(tf, say):
    with tf.variable_scope("a", initializer=tf.constant_initializer(2.0), dtype=tf.float64) as a:
        say(a.dtype, tf.get_variable("v", [1]).dtype, tf.get_variable("v32", [1], tf.float32).dtype)
        with tf.variable_scope("b") as b:
            say(b.dtype, b.initializer is a.initializer, tf.get_variable("v", [1]).dtype)
        with tf.variable_scope("c", dtype=tf.int32, initializer=tf.zeros_initializer()) as c:
            say(c.dtype, c.initializer is a.initializer, tf.get_variable("v", [1]).dtype)
    say(tf.get_variable("v", [1]).dtype)


def dtype_as_a_string(tf, say):
    with tf.variable_scope("a", dtype="float64") as a:
        say(str(a.dtype))
        say.of("v", lambda: tf.get_variable("v", [1]).dtype)


def initializer_value_in_the_scope(tf, say):
    with tf.variable_scope("a", initializer=3.0):
        say.of("shape too", tf.get_variable, "v", [1])
        say.of("no shape", tf.get_variable, "w")
        say.of("own", tf.get_variable, "x", [1], initializer=tf.zeros_initializer())


def constraints(tf, say):
    double = lambda v: v * 2.0  # noqa: E731
    with tf.variable_scope("a", constraint=double) as a:
        say("own", a.constraint is double, tf.get_variable("v", [1]).constraint is double)
        with tf.variable_scope("b") as b:
            say("inner", b.constraint is double, tf.get_variable("v", [1]).constraint is double)
    with tf.variable_scope(a) as again:
        say("captured", again.constraint is double, tf.get_variable("w", [1]).constraint is double)


def setters(tf, say):
    with tf.variable_scope("a") as a:
        a.set_initializer(tf.ones_initializer())
        a.set_dtype(tf.float64)
        say(tf.get_variable("v", [1]).dtype, tf.get_variable("v2", [1]).initial_value)
        a.set_regularizer(lambda v: tf.reduce_sum(v, name="penalty"))
        tf.get_variable("w", [1])
        a.set_partitioner(tf.fixed_size_partitioner(2))
        say([p.name for p in tf.get_variable("p", [4])])
        a.set_partitioner(None)
        a.set_custom_getter(lambda getter, name, *rest, **kwargs: getter(name + "_got", *rest, **kwargs))
        say(tf.get_variable("x", [1]))
        a.set_caching_device("/cpu:0")
        say(a.caching_device)
        a.set_use_resource(False)
        say(a.use_resource)
    say([loss.name for loss in tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)])
    with tf.variable_scope(a):
        say(tf.get_variable("y", [1]).dtype)
    with tf.variable_scope("a") as again:
        say(again.dtype, again.initializer)


def setters_reach_inner_scopes_opened_later(tf, say):
    with tf.variable_scope("a") as a:
        with tf.variable_scope("b") as b:
            a.set_dtype(tf.float64)
            say(b.dtype)
        with tf.variable_scope("b") as b:
            say(b.dtype)


def methods_of_the_scope(tf, say):
    with tf.variable_scope("a") as a:
        tf.get_variable("v", [1])
        tf.get_variable("w", [1], trainable=False)
        tf.get_local_variable("l", [1])
        tf.Variable(1.0, name="x")
        with tf.variable_scope("b"):
            tf.get_variable("v", [1])
    with tf.variable_scope("ab"):
        tf.get_variable("v", [1])
    say(a.global_variables())
    say(a.trainable_variables())
    say(a.local_variables())
    say(a.get_collection(tf.GraphKeys.GLOBAL_VARIABLES))
    say(tf.get_variable_scope().global_variables())


def a_scope_made_by_hand(tf, say):
    scope = tf.VariableScope(False, name="hand", dtype=tf.float64, initializer=tf.ones_initializer())
    say(scope.name, scope.original_name_scope, scope.reuse, scope.dtype)
    with tf.variable_scope(scope) as entered:
        say(_here(tf), entered.dtype, tf.get_variable("v", [1]), tf.constant(1.0, name="c"))
    scope = tf.VariableScope(True, name="hand", name_scope="elsewhere/")
    say(scope.reuse, scope.original_name_scope)
    with tf.variable_scope(scope):
        say(_here(tf), tf.get_variable("v", [1], tf.float64))


def values_of_another_graph(tf, say):
    with tf.Graph().as_default() as other:
        foreign = tf.constant(1.0)
    with tf.variable_scope("a", values=[foreign]):
        say(tf.get_default_graph() is other, tf.get_variable("v", [1]).graph is other)
    with tf.variable_scope("a", values=[3, None, "x"]):
        say(tf.get_default_graph() is other, _here(tf))
    say([op.name for op in other.get_operations()][-1], _here(tf))


def values_of_two_graphs(tf, say):
    with tf.Graph().as_default():
        foreign = tf.constant(1.0)
    own = tf.constant(2.0)
    say.of("two", tf.variable_scope, "a", values=[foreign, own])


def variable_op_scope(tf, say):
    with tf.variable_op_scope([], "a", "default") as a:
        say(a.name, tf.get_variable("v", [1]))
    with tf.variable_op_scope([], None, "default") as a:
        say(a.name)
    with tf.variable_op_scope([tf.constant(1.0)], None, "default", reuse=None, dtype=tf.float64) as a:
        say(a.name, a.dtype)

    def neither():
        with tf.variable_op_scope([], None):
            pass

    say.of("neither", neither)


def scopes_in_another_graph(tf, say):
    with tf.variable_scope("a") as a:
        tf.get_variable("v", [1])
        with tf.Graph().as_default():
            say(_here(tf), tf.get_variable("v", [1]))
            with tf.variable_scope("b"):
                say(_here(tf))
            with tf.variable_scope(a):
                say(_here(tf), tf.get_variable("w", [1]))
        say(_here(tf))


def the_scope_of_a_graph_is_kept(tf, say):
    graph = tf.Graph()
    with graph.as_default():
        tf.get_variable_scope().set_dtype(tf.float64)
        say(tf.get_variable("v", [1]).dtype)
    say(tf.get_variable("v", [1]).dtype)
    with graph.as_default():
        say(tf.get_variable_scope().dtype, tf.get_variable("w", [1]).dtype)


def reuse_of_the_root_scope(tf, say):
    tf.get_variable("v", [1])
    tf.get_variable_scope().reuse_variables()
    say(tf.get_variable("v", [1]), tf.get_variable_scope().reuse)
    say.of("new", tf.get_variable, "w", [1])
    with tf.variable_scope("a") as a:
        say(a.reuse)
        say.of("new", tf.get_variable, "w", [1])
    with tf.variable_scope("a", reuse=tf.AUTO_REUSE) as a:
        say(str(a.reuse), tf.get_variable("w", [1]))

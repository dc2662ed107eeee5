"""Graphs: default, nested and finalized ones; finding operations and tensors."""


def defaults(tf, say):
    outer = tf.get_default_graph()
    with tf.Graph().as_default() as inner:
        say(tf.get_default_graph() is inner, tf.get_default_graph() is outer)
        with outer.as_default() as again:
            say(again is outer, tf.get_default_graph() is outer)
        say(tf.get_default_graph() is inner)
    say(tf.get_default_graph() is outer)


def each_has_its_names(tf, say):
    say(tf.constant(1.0, name="c"), tf.get_variable("v", [1]))
    with tf.Graph().as_default():
        say(tf.constant(1.0, name="c"), tf.get_variable("v", [1]), tf.global_variables())
    say(tf.constant(1.0, name="c"))


def reset_inside_another(tf, say):
    say.of("nested", tf.reset_default_graph)
    say(tf.constant(1.0, name="c"))


def reset_in_a_thread_of_its_own(tf, say):
    """The default graph of a fresh thread is the process's; it may be reset there."""
    import threading

    def run():
        before = tf.get_default_graph()
        tf.reset_default_graph()
        say(before is tf.get_default_graph())
        tf.constant(1.0, name="c")
        tf.reset_default_graph()
        say(tf.constant(1.0, name="c"), tf.get_variable_scope().name == "")
        tf.reset_default_graph()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def operations(tf, say):
    graph = tf.get_default_graph()
    say(graph.get_operations(), graph.version)
    a = tf.constant([1.0, 2.0], name="a")
    b = tf.add(a, 1.0, name="b")
    say(graph.get_operations(), graph.version)
    say(
        b.op.inputs,
        b.op.outputs,
        b.op.type,
        b.op.name,
        b.op.graph is graph,
        b.op.control_inputs,
        b.value_index,
    )
    say(a.consumers(), b.consumers(), b.op.values(), a.op.inputs)
    say(graph.get_operation_by_name("b") == b.op, graph.get_tensor_by_name("b:0") == b)
    say(repr(b.op), repr(b), str(b))


def elements(tf, say):
    graph = tf.get_default_graph()
    c, v = tf.constant(1, name="c"), tf.Variable(1.0, name="v")
    for name in ("c", "c:0", "v", "v:0", "v/read:0", c, c.op, v):
        say.of(_named(name), graph.as_graph_element, name)
    for name in ("nope", "nope:0", "c:5", "c:x", "a:b:c", "", ":0", "^c", 3, None):
        say.of(repr(name), graph.as_graph_element, name)
    for name in ("c", "c:0", c, c.op, 3):
        say.of(f"no operation {_named(name)}", graph.as_graph_element, name, allow_operation=False)
        say.of(f"no tensor {_named(name)}", graph.as_graph_element, name, allow_tensor=False)
    say.of("neither", graph.as_graph_element, "c", False, False)
    with tf.Graph().as_default() as other:
        say.of("of another graph", other.as_graph_element, c)


def _named(element):
    """The element's name, or what it is."""
    return getattr(element, "name", repr(element))


def by_name(tf, say):
    graph = tf.get_default_graph()
    tf.constant(1, name="c")
    for name in ("c", "c:0", "x", "x:0", 3, "c:1"):
        say.of(f"tensor {name!r}", graph.get_tensor_by_name, name)
        say.of(f"operation {name!r}", graph.get_operation_by_name, name)


def feedable_and_fetchable(tf, say):
    graph = tf.get_default_graph()
    a, b = tf.constant(1.0, name="a"), tf.constant(2.0, name="b")
    say(graph.is_feedable(a), graph.is_fetchable(a), graph.is_feedable("a:0"), graph.is_fetchable(a.op))
    graph.prevent_feeding(a)
    graph.prevent_fetching(b.op)
    say(graph.is_feedable(a), graph.is_fetchable(a), graph.is_feedable(b), graph.is_fetchable(b))
    with tf.Session() as session:
        say.of("feed", session.run, a, {a: 3.0})
        say.of("fetch", session.run, b)
        say.of("fetch the other", session.run, a)
        say.of("fetch through an op", session.run, b + 1.0)


def finalizing(tf, say):
    graph = tf.get_default_graph()
    v = tf.get_variable("v", [1])
    say(graph.finalized)
    graph.finalize()
    say(graph.finalized)
    say.of("op", tf.constant, 1.0)
    say.of("variable", tf.get_variable, "w", [1])
    say.of("Variable", tf.Variable, 1.0)
    say.of("collection", tf.add_to_collection, "mine", 1)
    say.of("unique name", graph.unique_name, "x")
    say.of("read collection", tf.get_collection, "variables")
    say.of("name scope", tf.name_scope("n").__enter__)
    say.of("variable scope", tf.variable_scope("s").__enter__)
    say.of("operator", lambda: v + 1.0)
    say.of("clear collection", graph.clear_collection, "variables")
    graph.finalize()


def finalized_reuse(tf, say):
    v = tf.get_variable("v", [1])
    tf.get_default_graph().finalize()
    say.of("reuse variables", tf.get_variable_scope().reuse_variables)
    say(tf.get_variable("v", [1]) is v)


def values_of_several_graphs(tf, say):
    with tf.Graph().as_default() as other:
        foreign = tf.constant(1.0, name="f")
        foreign_variable = tf.Variable(1.0, name="v")
    own = tf.constant(1.0, name="own")
    say.of("sum", lambda: foreign + own)
    say.of("list", tf.add_n, [foreign, own])
    say.of("matmul", tf.matmul, own, foreign)
    say.of("variable", lambda: foreign_variable + own)
    say(
        (foreign + 1.0).graph is other,
        tf.identity(foreign).graph is other,
        tf.identity(foreign_variable).graph is other,
    )
    say(tf.negative(foreign), [op.name for op in tf.get_default_graph().get_operations()])


def wrong_order_of_exits(tf, say):
    import threading

    def run():
        a, b = tf.Graph().as_default(), tf.Graph().as_default()
        a.__enter__()
        b.__enter__()
        say.of("outer first", a.__exit__, None, None, None)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def properties(tf, say):
    graph = tf.Graph()
    say(graph.seed, graph.finalized, graph.version, graph.building_function, graph.collections)
    say(repr(graph), graph == tf.Graph(), graph == graph)
    graph.seed = 7
    say(graph.seed)


def an_error_inside(tf, say):
    graph = tf.get_default_graph()

    def fail():
        with tf.Graph().as_default():
            raise ZeroDivisionError("inside")

    say.of("body", fail)
    say(tf.get_default_graph() is graph)


def generators_and_scopes(tf, say):
    """A scope entered in a generator stays open until the generator resumes."""

    def scopes():
        with tf.variable_scope("g"):
            yield tf.get_variable_scope().name

    inside = scopes()
    say(next(inside), tf.get_variable_scope().name)
    say(next(inside, "end"), repr(tf.get_variable_scope().name))


def attributes(tf, say):
    c = tf.constant([1.0, 2.0], name="c")
    say(c.op.get_attr("dtype"), c.op.node_def.name, c.op.node_def.op)
    say(tf.add(c, c).op.get_attr("T"), tf.placeholder(tf.int32, [None, 2]).op.get_attr("dtype"))
    say.of("unknown", c.op.get_attr, "nonesuch")
    m = tf.matmul(tf.zeros([1, 2]), tf.zeros([2, 1]), transpose_a=False)
    say(m.op.get_attr("transpose_a"), m.op.get_attr("transpose_b"))
    v = tf.Variable([1.0, 2.0])
    say(
        v.op.get_attr("dtype"),
        v.initializer.get_attr("validate_shape"),
        v.initializer.get_attr("use_locking"),
    )


def runs(tf, say):
    v = tf.Variable(1.0)
    say.of("no session", tf.no_op().run)
    say.of("no session", tf.constant(1.0).eval)
    with tf.Session():
        v.initializer.run()
        say(v.eval(), tf.constant(2.0).eval(), tf.no_op().run())
        with tf.Graph().as_default():
            say.of("of another graph", tf.no_op().run)
            say.of("of another graph", tf.constant(1.0).eval)

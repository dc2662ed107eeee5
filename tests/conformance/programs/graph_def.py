"""GraphDef: names, types, inputs and attributes, written and read."""


def _nodes(graph_def):
    return [(n.name, n.op, list(n.input), n.device) for n in graph_def.node]


def export(tf, say):
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    with tf.variable_scope("a"):
        w = tf.get_variable("w", [2, 2], initializer=tf.zeros_initializer())
    with tf.name_scope("n"), tf.device("/cpu:0"):
        y = tf.matmul(x, w) + 1.0
    with tf.control_dependencies([y]):
        tf.no_op(name="done")
    for node in _nodes(tf.get_default_graph().as_graph_def()):
        say(*node)


def attributes(tf, say):
    tf.constant([1, 2], name="c")
    tf.placeholder(tf.float32, [None, 2], name="p")
    tf.Variable(1.0, name="v")
    for node in tf.get_default_graph().as_graph_def().node:
        say(node.name, sorted(node.attr))


def output_numbers(tf, say):
    a, b = tf.split(tf.constant([1.0, 2.0], name="c"), 2, name="s")
    tf.add(a, b, name="sum")
    say(*_nodes(tf.get_default_graph().as_graph_def())[-1])


def from_a_version_on(tf, say):
    graph = tf.get_default_graph()
    tf.constant(1.0, name="a")
    version = graph.version
    tf.constant(1.0, name="b")
    say([n.name for n in graph.as_graph_def(from_version=version).node])


def back_again(tf, say):
    """Names survive serialization; importing a GraphDef into a graph is not tested here."""
    x = tf.placeholder(tf.float32, [2], name="x")
    with tf.name_scope("n"):
        tf.add(x, 1.0, name="y")
    tf.Variable(1.0, name="v")
    definition = tf.get_default_graph().as_graph_def()
    again = type(definition).FromString(definition.SerializeToString())
    say([n.name for n in again.node] == [op.name for op in tf.get_default_graph().get_operations()])
    say(_nodes(again) == _nodes(definition), str(again) == str(definition))
    with tf.Graph().as_default():
        say.of("import", tf.import_graph_def, again, name="")


def text_of_operations(tf, say):
    x = tf.placeholder(tf.float32, [2], name="x")
    for op in (x.op, tf.identity(x, name="i").op, tf.no_op(name="n")):
        for line in str(op).splitlines():
            say(line)


def finalized(tf, say):
    tf.constant(1.0, name="c")
    graph = tf.get_default_graph()
    graph.finalize()
    say([n.name for n in graph.as_graph_def().node])

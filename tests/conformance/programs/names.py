"""Graph.unique_name and the names that ops get."""


def unique_name(tf, say):
    graph = tf.get_default_graph()
    for name in ["a", "a", "a_1", "A", "a", "a_1", "b/c", "b/C", "b", "b/c_1", "a/", "", ""]:
        say(repr(name), graph.unique_name(name))


def without_marking(tf, say):
    graph = tf.get_default_graph()
    say(graph.unique_name("a", mark_as_used=False), graph.unique_name("a", False), graph.unique_name("a"))
    say(graph.unique_name("a", mark_as_used=False), graph.unique_name("a_1"), graph.unique_name("a"))
    say(tf.constant(1.0, name="a"))


def inside_scopes(tf, say):
    graph = tf.get_default_graph()
    with tf.name_scope("s"):
        say(graph.unique_name("a"), graph.unique_name("a"), graph.unique_name("A"))
        with tf.name_scope("t"):
            say(graph.unique_name("a"))
    with tf.name_scope("s"):
        say(graph.unique_name("a"))
    with tf.name_scope("s/"):
        say(graph.unique_name("a"))


def suffixes_taken_beforehand(tf, say):
    for name in ["a_1", "a_2", "a", "a", "a", "a_1", "a_1_1", "a_1"]:
        say(name, tf.constant(1.0, name=name))


def case_insensitive(tf, say):
    for name in ["Add", "add", "ADD", "add_1", "Add_1"]:
        say(name, tf.constant(1.0, name=name))
    with tf.name_scope("S"):
        say(tf.constant(1.0, name="c"))
    with tf.name_scope("s"):
        say(tf.constant(1.0, name="C"))


def scopes_and_ops_share_names(tf, say):
    say(tf.constant(1.0, name="a"))
    with tf.name_scope("a") as scope:
        say(scope)
    say(tf.constant(1.0, name="a"), tf.constant(1.0, name="a_1"))
    with tf.name_scope("b"):
        pass
    say(tf.constant(1.0, name="b"))
    say(tf.constant(1.0, name="d/e"))
    with tf.name_scope("d") as scope:
        say(scope, tf.constant(1.0, name="e"))
    say(tf.constant(1.0, name="d"))


def slashes_mark_the_whole_path_only(tf, say):
    say(tf.constant(1.0, name="a/b/c"), tf.constant(1.0, name="a/b"), tf.constant(1.0, name="a"))
    say(tf.constant(1.0, name="a/b/c"), tf.constant(1.0, name="a/b"))


def variables_take_names_of_ops(tf, say):
    say(tf.Variable(1.0, name="v"), tf.constant(1.0, name="v"), tf.get_variable("v", [1]))
    say(tf.constant(1.0, name="v/read"), tf.constant(1.0, name="v/Assign"))
    say(tf.Variable(1.0, name="v"), tf.get_variable("v_1", [1]), tf.get_variable("V", [1]))
    tf.constant(1.0, name="u/read")
    u = tf.get_variable("u", [1], initializer=tf.zeros_initializer())
    say(u, u.value(), u.initializer, u.initial_value)


def names_in_many_levels(tf, say):
    for _ in range(2):
        with tf.name_scope("a"), tf.name_scope("b"), tf.name_scope("c"):
            say(tf.constant(1.0), tf.constant(1.0), tf.Variable(1.0))


def operators(tf, say):
    x = tf.placeholder(tf.float32, [2], name="x")
    y = tf.placeholder(tf.float32, [2], name="y")
    for _ in range(2):
        say(x + y, x - y, x * y, x / y, x // y, x % y, x**y, -x, abs(x), x < y, x <= y, x > y, x >= y)
        say(x + 1.0, 1.0 + x, x - 1.0, 1.0 - x, x * 2.0, 2.0 * x, x / 2.0, 2.0 / x, x**2.0, 2.0**x)
    say.ops(2)


def operators_of_other_types(tf, say):
    b = tf.placeholder(tf.bool, [2], name="b")
    c = tf.placeholder(tf.bool, [2], name="c")
    say(b & c, b | c, b ^ c, ~b, b & True, True | b)
    i = tf.placeholder(tf.int32, [2], name="i")
    say(i + i, i / i, i // i, i % i, -i, i / 2, i // 2, 2 // i, 2 - i)
    m = tf.placeholder(tf.float32, [2, 2], name="m")
    say(m @ m)
    v = tf.Variable([1.0, 2.0], name="v")
    say(v + v, v * 2.0, 2.0 * v, v - 1.0, -v, v[0], v[:1], abs(v), v / 3.0, v**2.0)
    say.ops(3)


def operators_with_arrays(tf, say):
    import numpy as np

    x = tf.placeholder(tf.float32, [2], name="x")
    values = [1.0, 2.0]
    say(x + values, values + x, x * np.ones(2, np.float32), np.ones(2, np.float32) * x)
    say(x + np.float64(3.0), x + 1)
    say.ops(1)


def functions(tf, say):
    x = tf.placeholder(tf.float32, [2, 2], name="x")
    say(tf.add(x, x), tf.subtract(x, x), tf.multiply(x, x), tf.divide(x, x), tf.negative(x), tf.abs(x))
    say(
        tf.matmul(x, x),
        tf.matmul(x, x, transpose_a=True),
        tf.identity(x),
        tf.square(x),
        tf.sqrt(x),
        tf.exp(x),
    )
    say(
        tf.reduce_sum(x),
        tf.reduce_mean(x, axis=0),
        tf.reduce_max(x, [0, 1]),
        tf.reduce_sum(x, 1, keepdims=True),
    )
    say(tf.nn.relu(x), tf.nn.bias_add(x, [1.0, 2.0]), tf.nn.softmax(x), tf.sigmoid(x), tf.tanh(x))
    say(tf.reshape(x, [4]), tf.transpose(x), tf.concat([x, x], 0), tf.stack([x, x]), tf.expand_dims(x, 0))
    say(tf.cast(x, tf.int32), tf.zeros_like(x), tf.ones_like(x), tf.shape(x), tf.size(x), tf.rank(x))
    say(tf.maximum(x, 0.0), tf.equal(x, x), tf.add_n([x, x]), tf.group(x, name="g"), tf.no_op())
    say.ops(1)


def constructors(tf, say):
    say(tf.constant(1.0), tf.constant([1, 2], shape=[2]), tf.constant(3.0, shape=[2, 2], name="k"))
    say(tf.zeros([2]), tf.zeros([2000]), tf.ones([2]), tf.ones([2000], name="big"), tf.fill([2], 3.0))
    say(tf.zeros([]), tf.zeros([2], tf.int32), tf.zeros([2], tf.string), tf.zeros([2], tf.bool))
    say(tf.random_normal([2]), tf.random_uniform([2]), tf.truncated_normal([2]))
    say(tf.random_uniform([2], 0, 5, tf.int32), tf.random_normal([2], 1.0, 2.0, name="mine"))
    say(
        tf.placeholder(tf.float32), tf.placeholder(tf.float32, name="p"), tf.placeholder_with_default(1.0, [])
    )
    say(tf.range(3), tf.convert_to_tensor(1.0), tf.convert_to_tensor([1], name="n"))
    say.ops()


def an_op_named_after_its_scope(tf, say):
    x = tf.placeholder(tf.float32, [2, 2], name="x")
    with tf.name_scope("layer") as scope:
        y = tf.matmul(x, x)
        say(tf.nn.relu(y, name=scope))
    with tf.name_scope("layer") as scope:
        say(tf.nn.relu(tf.matmul(x, x), name=scope))
    with tf.name_scope(None, "layer", [x]) as scope:
        say(tf.nn.relu(x + 1.0, name=scope))


def failed_names(tf, say):
    say.of("number", tf.get_default_graph().unique_name, 3)
    say.of("None", tf.get_default_graph().unique_name, None)

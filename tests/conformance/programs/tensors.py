"""Tensors: repr, refused uses, and set_shape."""


def texts(tf, say):
    for t in [
        tf.constant([1.0, 2.0], name="c"),
        tf.placeholder(tf.float32),
        tf.placeholder(tf.int32, [None, 3]),
        tf.placeholder(tf.int32, [None]),
        tf.constant("x"),
    ]:
        say(repr(t), str(t), t.get_shape(), t.shape, t.dtype)


def members(tf, say):
    t = tf.constant([[1.0, 2.0]], name="t")
    say(t.name, t.op.name, t.value_index, t.dtype, t.graph is tf.get_default_graph(), repr(t.device))
    say(
        t.shape.as_list(),
        t.get_shape().ndims,
        t.shape[1].value,
        t.shape[0] == 1,
        len(t.shape),
        t.shape.num_elements(),
    )
    say(t.op.outputs[0] == t, t.op == t.op, t.op != t.op, hash(t.op.outputs[0]) == hash(t))


def python_values(tf, say):
    t = tf.constant([1.0, 2.0])
    for function in (len, int, float):
        say.of(function.__name__, function, t)


def no_truth_and_no_items(tf, say):
    t = tf.constant([1.0, 2.0])
    say.of("bool", bool, t)
    say.of("list", list, t)
    say.of("variable", list, tf.Variable([1.0, 2.0]))


def no_truth_and_no_items_in_statements(tf, say):
    t = tf.constant([1.0, 2.0])
    uses = {
        "and": lambda: t and t,
        "if": lambda: 1 if t else 2,
        "not": lambda: not t,
        "for": lambda: [x for x in t],  # noqa: C416
        "in": lambda: 1.0 in t,
    }
    for label, use in uses.items():
        try:
            say(label, use())
        except TypeError:
            say(label, "is a TypeError")


def one_handle_or_two(tf, say):
    """Whether asking again for a tensor or an operation gives the very same object."""
    t, v = tf.constant([1.0, 2.0], name="t"), tf.Variable(1.0, name="v")
    say(t.op.outputs[0] is t, tf.get_default_graph().get_tensor_by_name("t:0") is t)
    say(tf.get_default_graph().get_operation_by_name("t") is t.op, v.value() is v.value())
    say(tf.global_variables()[0] is v, tf.convert_to_tensor(t) is t)


def numpy_values(tf, say):
    import numpy as np

    say.of("array", np.array, tf.constant([1.0], name="c"))
    say.of("float32", np.float32, tf.constant(1.0, name="d"))


def equality_and_hash(tf, say):
    a, b = tf.constant(1.0), tf.constant(1.0)
    say(
        a == a,
        a == b,
        a != b,
        a == 1.0,
        a == a.op.outputs[0],
        len({a, b, a}),
        a in [b, a],
        hash(a) == hash(a),
    )
    say({a: 1}[a.op.outputs[0]], tf.get_default_graph().get_tensor_by_name(a.name) in {a})


def setting_shapes(tf, say):
    p = tf.placeholder(tf.float32, [None, 3])
    p.set_shape([2, 3])
    say(p.get_shape())
    q = tf.placeholder(tf.float32)
    q.set_shape([None, 4])
    say(q.get_shape())
    say.of("other size", q.set_shape, [2, 5])
    say.of("other rank", q.set_shape, [2])
    say((p + 1.0).get_shape())


def constants(tf, say):
    import numpy as np

    for value in (
        1,
        1.0,
        True,
        "x",
        [1, 2],
        [1.0, 2],
        [[1], [2]],
        np.zeros([2, 3]),
        np.float32(1),
        b"y",
        1j,
        [],
    ):
        say.of(
            repr(value), lambda value=value: (lambda t: [t.name, t.dtype, t.get_shape()])(tf.constant(value))
        )
    say(
        tf.constant(1, tf.float64).dtype,
        tf.constant([1, 2], "float32").dtype,
        tf.constant(1.5, shape=[2, 2]).get_shape(),
    )
    say.of("float as int", tf.constant, 1.5, tf.int32)
    say.of("text as float", tf.constant, "x", tf.float32)
    say.of("None", tf.constant, None)
    say.of("ragged", tf.constant, [[1], [1, 2]])
    say.of("mixed", tf.constant, [1, "x"])
    say.of("shape", tf.constant, [1, 2], shape=[3])
    say.of("too many", tf.constant, [1, 2, 3], shape=[2])
    say.of("verify", tf.constant, [1, 2], shape=[3], verify_shape=True)
    say.of("object", tf.constant, object())


def constants_with_fewer_values(tf, say):
    c = tf.constant([1, 2], shape=[2, 2])
    d = tf.constant(7.0, shape=[3])
    with tf.Session() as session:
        say(session.run(c).tolist(), session.run(d).tolist())


def placeholders(tf, say):
    say(tf.placeholder("float", [None, 5, 32, 32]), tf.placeholder("float32", (2,)).get_shape())
    say(tf.placeholder(tf.float32, []).get_shape(), tf.placeholder(tf.float32, None).get_shape())
    say(tf.placeholder(tf.float32, 3).get_shape(), tf.placeholder(float).dtype)
    say.of("no dtype", tf.placeholder)
    say.of("dtype", tf.placeholder, "nonesuch")
    say.of("shape", tf.placeholder, tf.float32, "abc")


def conversion(tf, say):
    import numpy as np

    c, v = tf.constant(1.0, name="c"), tf.Variable(1.0, name="v")
    say(
        tf.convert_to_tensor(c) is c,
        tf.convert_to_tensor(v),
        tf.convert_to_tensor([1.0, 2.0]),
        tf.convert_to_tensor(1, name="n"),
    )
    say(tf.convert_to_tensor(1, tf.float32).dtype, tf.convert_to_tensor(1, preferred_dtype=tf.float64).dtype)
    say(tf.convert_to_tensor("x", preferred_dtype=tf.float64).dtype, tf.convert_to_tensor(np.arange(3)).dtype)
    say(
        tf.convert_to_tensor([c, 2.0]),
        tf.convert_to_tensor([[c], [v]]),
        tf.convert_to_tensor(v, tf.float32) == v.value(),
    )
    say.of("other dtype", tf.convert_to_tensor, c, tf.int32)
    say.of("variable of other dtype", tf.convert_to_tensor, v, tf.int32)
    say.of("None", tf.convert_to_tensor, None)
    say.of("object", tf.convert_to_tensor, object())
    say.of("dtype", tf.convert_to_tensor, 1, "nonesuch")


def dtypes_of_operators(tf, say):
    f, i, d = tf.constant(1.0, name="f"), tf.constant(1, name="i"), tf.constant(1.0, tf.float64, name="d")
    say((f + 1).dtype, (i + 1).dtype, (d + 1).dtype, (1 + d).dtype, (i / 2).dtype, (f < 1).dtype)
    say.of("int and float", lambda: i + 1.5)
    say.of("float and int tensor", lambda: f + i)
    say.of("float and double", lambda: f + d)
    say.of("text", lambda: f + "x")
    say.of("text tensor", lambda: f + tf.constant("x", name="s"))
    say.of("None", lambda: f + None)
    say.of("bool", lambda: f & f)


def shapes_of_operators(tf, say):
    a, b = tf.zeros([2, 3], name="a"), tf.zeros([3], name="b")
    u = tf.placeholder(tf.float32, [None, 3], name="u")
    say((a + b).get_shape(), (u + b).get_shape(), (u + a).get_shape())
    say((tf.placeholder(tf.float32) + a).get_shape())
    say.of("sum", lambda: a + tf.zeros([2], name="c"))
    say.of("named", tf.add, a, tf.zeros([2, 2], name="d"), name="mine")
    say.of("matmul", tf.matmul, a, a, name="matrices")
    say.of("matmul of vectors", tf.matmul, b, b, name="vectors")
    say.of("bias", tf.nn.bias_add, a, [1.0, 2.0])
    say.of("reshape", tf.reshape, a, [4])
    say.of("concat", tf.concat, [a, tf.zeros([2, 2], name="e")], 0)
    say.of("axis", tf.reduce_sum, a, 5)


def shapes_of_convolutions(tf, say):
    kernel, ones = tf.zeros([2, 2, 1, 1], name="kernel"), [1, 1, 1, 1]
    say(tf.nn.conv2d(tf.zeros([1, 4, 4, 1]), kernel, ones, "VALID").get_shape())
    say.of("rank 3", tf.nn.conv2d, tf.zeros([1, 4, 4], name="r"), kernel, ones, "SAME", name="rank")
    say.of("channels", tf.nn.conv2d, tf.zeros([1, 4, 4, 2], name="c"), kernel, ones, "SAME", name="channels")
    say.of("padding", tf.nn.conv2d, tf.zeros([1, 4, 4, 1], name="p"), kernel, ones, "same", name="padding")


def bad_arguments(tf, say):
    say.of("add", tf.add, object(), 1.0)
    say.of("matmul", tf.matmul, "a", "b")
    say.of("relu of text", tf.nn.relu, "a")

"""tf.Variable: constructor, members, repr."""


def _about(v):
    return [
        v.name,
        v.dtype,
        v.get_shape(),
        v.initial_value.name,
        v.op.name,
        v.initializer.name,
        v.value().name,
    ]


def ops(tf, say):
    tf.Variable([1.0, 2.0])
    tf.Variable(3, name="v")
    tf.Variable(tf.zeros([2]), name="t")
    tf.Variable(lambda: tf.zeros([2]), name="f")
    tf.Variable(lambda: 1.0, name="g")
    say.ops()
    say.collections()


def naming(tf, say):
    say(tf.Variable(1.0), tf.Variable(1.0), tf.Variable(1.0, name="v"), tf.Variable(1.0, name="v"))
    with tf.name_scope("n"):
        say(tf.Variable(1.0), tf.Variable(1.0, name="v"), tf.Variable(1.0, name="V"))
    with tf.variable_scope("s"):
        say(tf.Variable(1.0, name="v"), tf.Variable(1.0, name="v"))
    with tf.variable_scope("s"):
        say(tf.Variable(1.0, name="v"))
    say([_about(v) for v in tf.global_variables()][-1])


def initial_values(tf, say):
    import numpy as np

    for i, value in enumerate(
        [1, 1.0, True, "x", [1, 2], [[1.0], [2.0]], (1, 2), np.zeros(2), np.int8(3), 2j]
    ):
        v = tf.Variable(value, name=f"v{i}")
        say(repr(value), v.dtype, v.get_shape(), v.initial_value)


def dtype(tf, say):
    import numpy as np

    say(_about(tf.Variable(1, dtype=tf.float32)), _about(tf.Variable([1, 2], dtype="float64")))
    say(_about(tf.Variable(np.zeros(2), dtype=tf.float32)), _about(tf.Variable(1.0, dtype=np.float64)))
    say.of("tensor", tf.Variable, tf.constant(1), dtype=tf.float32)
    say.of("text", tf.Variable, "x", dtype=tf.float32)
    say.of("float as int", tf.Variable, 1.5, dtype=tf.int32)
    say.of("bad", tf.Variable, 1.0, dtype="nonesuch")


def callables(tf, say):
    say(_about(tf.Variable(lambda: tf.ones([2], name="one"), name="a")))
    say(_about(tf.Variable(lambda: 3, name="b", dtype=tf.float32)))
    say.of("with arguments", tf.Variable, lambda x: x, name="c")
    say.of("raising", tf.Variable, lambda: 1 / 0, name="d")
    with tf.name_scope("n"):
        say(_about(tf.Variable(lambda: tf.ones([2]), name="e")))


def from_other_variables(tf, say):
    a = tf.Variable(2.0, name="a")
    b = tf.Variable(a.initial_value, name="b")
    say(_about(b))
    say(_about(tf.Variable(a.initialized_value(), name="c"))[0])
    say(tf.Variable(a, name="d"))
    d = tf.Variable(a.initialized_value() * 3.0, name="e")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        say(session.run([a, b, d]))


def initialized_value(tf, say):
    a = tf.Variable(2.0, name="a")
    say(a.initialized_value(), a.initialized_value().get_shape(), a.initialized_value().dtype)
    value = a.initialized_value()
    with tf.Session() as session:
        say(session.run(value))
        session.run(a.initializer)
        session.run(a.assign(5.0))
        say(session.run(value))


def trainable_and_collections(tf, say):
    for i, (trainable, collections) in enumerate(
        [(None, None), (True, ["x"]), (False, ["x"]), (False, None), (True, [])]
    ):
        v = tf.Variable(1.0, trainable=trainable, collections=collections, name=f"v{i}")
        say(v.trainable)
    say.collections()
    say.of("text", tf.Variable, 1.0, collections="x")
    say.of("number", tf.Variable, 1.0, collections=3)


def arguments_by_position(tf, say):
    v = tf.Variable(1.0, False)
    say(v.trainable)
    say.of("third", lambda: (tf.Variable(1.0, True, ["mine"], name="third"), tf.get_collection("mine")))


def shapes_unknown(tf, say):
    p = tf.placeholder(tf.float32, name="p")
    q = tf.placeholder(tf.float32, [None, 2], name="q")
    say.of("unknown", tf.Variable, p)
    say.of("partly", tf.Variable, q)
    v = tf.Variable(p, validate_shape=False, name="v")
    w = tf.Variable(q, validate_shape=False, name="w")
    say(repr(v), v.get_shape(), v.value().get_shape(), repr(w), v.initializer.get_attr("validate_shape"))
    with tf.Session() as session:
        session.run(v.initializer, {p: [1.0, 2.0]})
        say(session.run(v))
        session.run(v.initializer, {p: [[1.0]]})
        say(session.run(v))


def expected_shape(tf, say):
    say.of("same", lambda: tf.Variable([1.0, 2.0], expected_shape=[2]).get_shape())
    say.of("other", lambda: tf.Variable([1.0, 2.0], expected_shape=[3]).get_shape())
    say.of("shape", lambda: tf.Variable([1.0, 2.0], shape=[2]).get_shape())
    say.of("shape other", tf.Variable, [1.0, 2.0], shape=[3])
    say.of("shape unknown", lambda: tf.Variable([1.0, 2.0], shape=tf.TensorShape([None])).get_shape())


def refused(tf, say):
    say.of("nothing", tf.Variable)
    say.of("None", tf.Variable, None)
    say.of("object", tf.Variable, object())
    say.of("ragged", tf.Variable, [[1.0], [1.0, 2.0]])
    say.of("mixed", tf.Variable, [1, "x"])
    say.of("constraint", tf.Variable, 1.0, constraint=3)
    say.of("name", tf.Variable, 1.0, name=3)


def members(tf, say):
    double = lambda v: v * 2.0  # noqa: E731
    v = tf.Variable([1.0, 2.0], name="v", constraint=double)
    say(v.name, v.op, v.dtype, v.shape, v.get_shape(), v.device, v.graph is tf.get_default_graph())
    say(v.trainable, v.constraint is double, v.synchronization, v.aggregation)
    say(v.value(), v.value() == v.value(), v.read_value(), v.read_value(), v.initializer, v.initial_value)
    say(v.value().dtype, v._ref().dtype, v._ref().name)
    with tf.name_scope("n"):
        say(v.read_value())
    v.set_shape([2])
    say.of("set_shape", v.set_shape, [3])


def texts(tf, say):
    for v in [
        tf.Variable([1.0, 2.0], name="v"),
        tf.Variable("a", name="s"),
        tf.Variable(tf.placeholder(tf.float32), validate_shape=False, name="u"),
        tf.get_variable("g", [2, 3]),
    ]:
        say(repr(v), str(v))


def equality_and_hash(tf, say):
    v, w = tf.Variable(1.0), tf.Variable(1.0)
    say(v == v, v == w, v != w, v == 1.0, hash(v) == hash(v), len({v, w, v}), v in [w, v])


def as_python_values(tf, say):
    v = tf.Variable([1.0, 2.0], name="v")
    say.of("bool", bool, v)
    say.of("len", len, v)
    say.of("float", float, tf.Variable(1.0))
    say.of("item assignment", lambda: hasattr(v, "__setitem__"))


def indexing(tf, say):
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]], name="v")
    say(v[0], v[0, 1], v[:, 1], v[0].get_shape(), v[:, 1:].get_shape(), v[..., tf.newaxis].get_shape())
    with tf.Session() as session:
        session.run(v.initializer)
        say(session.run([v[0], v[0, 1], v[:, 1]]))


def evaluation(tf, say):
    v = tf.Variable([1.0, 2.0], name="v")
    say.of("no session", v.eval)
    with tf.Session() as session:
        say.of("uninitialized", v.eval)
        v.initializer.run()
        say(v.eval(), v.eval(session), v.eval(session=session))
        v.load([5.0, 6.0], session)
        say(v.eval())
        v.load([7.0, 8.0])
        say(session.run(v))
        say.of("shape", v.load, [1.0], session)


def values_belong_to_sessions(tf, say):
    v = tf.Variable(1.0, name="v")
    with tf.Session() as a, tf.Session() as b:
        a.run(v.initializer)
        a.run(v.assign(2.0))
        b.run(v.initializer)
        say(a.run(v), b.run(v))


def operators(tf, say):
    v = tf.Variable(4.0, name="v")
    w = v
    w += 1.0
    say(w, v + v, v - 1.0, 2.0 * v, v / 2.0, -v, v**2.0, v > 1.0, abs(v), v // 3.0, v % 3.0)
    with tf.Session() as session:
        session.run(v.initializer)
        say(
            session.run([w, v + v, v - 1.0, 2.0 * v, v / 2.0, -v, v**2.0, v > 1.0, abs(v), v // 3.0, v % 3.0])
        )


def in_control_dependencies(tf, say):
    c = tf.constant(1.0, name="c")
    with tf.control_dependencies([c]):
        v = tf.Variable(1.0, name="v")
        say([op.control_inputs for op in (v.op, v.initializer, v.value().op, v.initial_value.op)])
        say(v.read_value().op.control_inputs)
        w = tf.Variable(lambda: tf.constant(2.0), name="w")
        say(w.initial_value.op.control_inputs)
        x = tf.Variable(tf.constant(2.0), name="x")
        say(x.initial_value.op.control_inputs)


def in_a_cond(tf, say):
    v = tf.Variable(1.0, name="v")
    tf.cond(tf.constant(True), lambda: v + 1.0, lambda: v - 1.0)
    say([x.name for x in tf.global_variables()])


def made_in_a_cond(tf, say):
    say.of(
        "value",
        tf.cond,
        tf.constant(True),
        lambda: tf.Variable(1.0, name="v") + 1.0,
        lambda: tf.constant(0.0),
    )
    yes = tf.placeholder(tf.bool, [], name="yes")
    say.of(
        "value of a tensor",
        tf.cond,
        yes,
        lambda: tf.Variable(tf.ones([2]), name="v") + 1.0,
        lambda: tf.zeros([2]),
    )
    result = tf.cond(
        yes,
        lambda: tf.Variable(lambda: tf.ones([2]), name="w") + 1.0,
        lambda: tf.get_variable("g", [2], initializer=tf.ones_initializer()),
    )
    say(result.get_shape(), tf.global_variables())
    with tf.Session() as session:
        session.run([v.initializer for v in tf.global_variables() if v.op.name.endswith(("/w", "g"))])
        say(session.run(result, {yes: True}), session.run(result, {yes: False}))


def many(tf, say):
    made = [tf.Variable(float(i), name="v") for i in range(5)] + [
        tf.Variable(float(i), name="v_1") for i in range(3)
    ]
    say(made)


def initializers(tf, say):
    a, b = tf.Variable(1.0, name="a"), tf.Variable(2.0, name="b", trainable=False)
    local = tf.Variable(3.0, name="l", collections=[tf.GraphKeys.LOCAL_VARIABLES])
    say(
        tf.global_variables_initializer(), tf.global_variables_initializer(), tf.local_variables_initializer()
    )
    say(
        tf.variables_initializer([a, b]),
        tf.variables_initializer([a], name="mine"),
        tf.variables_initializer([]),
    )
    start = len(tf.get_default_graph().get_operations())
    tf.global_variables_initializer()
    tf.variables_initializer([], name="none")
    say.ops(start)
    with tf.Session() as session:
        session.run("mine")
        say(session.run(a))
        say.of("b", session.run, b)
        session.run(["init", "init_2"])
        say(session.run([a, b, local]))

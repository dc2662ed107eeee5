"""get_variable and get_local_variable: every argument and its effect."""


def _about(v):
    return [v.name, v.dtype, v.get_shape(), v.trainable, v.initializer.name, v.initial_value.name]


def ops_of_a_variable(tf, say):
    tf.get_variable("w", [2, 3])
    say.ops()
    say.collections()


def ops_in_scopes(tf, say):
    with tf.variable_scope("a"), tf.name_scope("n"):
        tf.get_variable("w", [2], initializer=tf.zeros_initializer())
    with tf.variable_scope("a"):
        tf.get_variable("v", [2], initializer=tf.zeros_initializer())
    say.ops()


def default_initializers(tf, say):
    for dtype in "float16 float32 float64 int8 uint8 int16 uint16 int32 uint32 int64 uint64".split():
        say.of(dtype, lambda dtype=dtype: _about(tf.get_variable("v_" + dtype, [2], dtype)))
    for dtype in "bool string complex64 complex128 qint8 resource variant".split():
        say.of(dtype, lambda dtype=dtype: _about(tf.get_variable("v_" + dtype, [2], dtype)))


def default_initial_values(tf, say):
    made = [tf.get_variable("v_" + d, [2], d) for d in ("int32", "uint8", "bool", "string")]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for v in made:
            say(v, session.run(v).tolist())


def shapes(tf, say):
    for i, shape in enumerate(
        [[], [2], (2, 3), 4, tf.TensorShape([2]), [0], [tf.Dimension(2), 1], [[2, 3]][0]]
    ):
        say.of(repr(shape), lambda i=i, shape=shape: tf.get_variable(f"v{i}", shape).get_shape())


def shapes_of_numpy(tf, say):
    import numpy as np

    say.of("int64", lambda: tf.get_variable("a", np.int64(3)).get_shape())
    say.of("array", lambda: tf.get_variable("b", np.array([2, 3])).get_shape())
    say.of("shape", lambda: tf.get_variable("c", np.zeros([4, 5]).shape).get_shape())
    say.of("mixed", lambda: tf.get_variable("d", [np.int32(4), 5]).get_shape())


def dtypes(tf, say):
    import numpy as np

    for i, d in enumerate(
        [tf.float64, "float64", np.float64, np.dtype("float64"), float, 2, "double", "float", "half"]
    ):
        say.of(str(i), lambda i=i, d=d: tf.get_variable(f"v{i}", [1], d).dtype)
    say.of("None", lambda: tf.get_variable("n", [1], None).dtype)
    say.of("int", lambda: tf.get_variable("i", [1], int).dtype)
    say.of("ref", lambda: tf.get_variable("r", [1], tf.as_dtype("float32_ref")).dtype)


def values_as_initializers(tf, say):
    import numpy as np

    for i, value in enumerate([3.0, 3, True, "text", b"bytes", [1.0, 2.0], [[1, 2]], (1, 2), 1j]):
        say.of(repr(value), lambda i=i, value=value: _about(tf.get_variable(f"v{i}", initializer=value)))
    for i, value in enumerate(
        [np.float64(3), np.zeros([2]), np.zeros([2], np.float32), np.array([1, 2]), np.int16(2)]
    ):
        say.of(f"{value!r}", lambda i=i, value=value: _about(tf.get_variable(f"n{i}", initializer=value)))


def values_and_dtype(tf, say):
    import numpy as np

    say.of("int as float32", tf.get_variable, "a", initializer=1, dtype=tf.float32)
    say.of("float as float32", lambda: tf.get_variable("b", initializer=1.0, dtype=tf.float32).dtype)
    say.of("float as float64", tf.get_variable, "c", initializer=1.0, dtype=tf.float64)
    say.of("float as int32", tf.get_variable, "d", initializer=1.5, dtype=tf.int32)
    say.of("list as int32", lambda: tf.get_variable("e", initializer=[1, 2], dtype=tf.int32).dtype)
    say.of("array64 as float32", tf.get_variable, "f", initializer=np.zeros([2]), dtype=tf.float32)
    say.of(
        "array32 as float32",
        lambda: tf.get_variable("g", initializer=np.zeros([2], "f"), dtype="float32").dtype,
    )
    say.of("tensor", tf.get_variable, "h", initializer=tf.constant(1), dtype=tf.float32)
    with tf.variable_scope("s", dtype=tf.float64):
        say.of("scope's dtype", lambda: tf.get_variable("i", initializer=1).dtype)


def tensors_as_initializers(tf, say):
    say(_about(tf.get_variable("a", initializer=tf.constant([1.0, 2.0], name="c"))))
    say(_about(tf.get_variable("b", initializer=tf.random_normal([3], name="r"))))
    other = tf.get_variable("other", [2], initializer=tf.zeros_initializer())
    say(_about(tf.get_variable("d", initializer=other.initial_value)))
    say.of("shape too", tf.get_variable, "e", [2], initializer=tf.constant([1.0, 2.0]))
    say.of("unknown shape", tf.get_variable, "f", initializer=tf.placeholder(tf.float32))
    v = tf.get_variable("g", initializer=tf.placeholder(tf.float32, name="p"), validate_shape=False)
    say(v.get_shape(), v.value().get_shape())
    say.of("partly known", tf.get_variable, "h", initializer=tf.placeholder(tf.float32, [None, 2]))


def callables_without_arguments(tf, say):
    say(_about(tf.get_variable("a", initializer=lambda: tf.zeros([2]))))
    say(_about(tf.get_variable("b", initializer=lambda: 3.0)))
    say(_about(tf.get_variable("c", initializer=lambda: [1, 2], dtype=tf.int32)))
    say.of("int value as float", tf.get_variable, "d", initializer=lambda: 3)
    say.of("int tensor as float", tf.get_variable, "e", initializer=lambda: tf.constant(3))
    say.of("all defaults", lambda: _about(tf.get_variable("f", initializer=lambda x=2.0: x)))
    say.of("star arguments", lambda: _about(tf.get_variable("g", initializer=lambda *args: 2.0)))
    say.of("with a shape", tf.get_variable, "h", [2], initializer=lambda: tf.zeros([2]))
    say.of("raising", tf.get_variable, "i", initializer=lambda: 1 / 0)
    say.ops()


def callables_with_arguments(tf, say):
    def heard(shape, dtype=None, partition_info=None):
        say(
            "shape",
            shape,
            "dtype",
            dtype,
            "partition_info",
            partition_info,
            "in",
            tf.get_default_graph().get_name_scope(),
        )
        return tf.ones(shape, dtype)

    with tf.variable_scope("s"):
        say(_about(tf.get_variable("a", [2, 3], initializer=heard)))
        say(_about(tf.get_variable("b", 2, tf.int32, initializer=heard)))
    say.of(
        "two",
        lambda: _about(tf.get_variable("c", [2], initializer=lambda shape, dtype: tf.zeros(shape, dtype))),
    )
    say.of("one", tf.get_variable, "d", [2], initializer=lambda shape: tf.zeros(shape))
    say.of(
        "keywords", lambda: _about(tf.get_variable("e", [2], initializer=lambda shape, **kw: tf.zeros(shape)))
    )
    say.of("positions", tf.get_variable, "f", [2], initializer=lambda a, b, c: tf.zeros(a))
    say.of("no shape", tf.get_variable, "g", initializer=heard)
    say.of(
        "python value", lambda: _about(tf.get_variable("h", [2], initializer=lambda shape, dtype: [1.0, 2.0]))
    )
    say.of("wrong shape", tf.get_variable, "i", [2], initializer=lambda shape, dtype: [1.0, 2.0, 3.0])


def initializer_classes(tf, say):
    say(_about(tf.get_variable("a", [2], initializer=tf.zeros_initializer)))
    say(_about(tf.get_variable("b", [2], tf.int32, initializer=tf.ones_initializer)))
    say(_about(tf.get_variable("c", [2], initializer=tf.random_normal_initializer)))
    say.of("without a shape", tf.get_variable, "d", initializer=tf.zeros_initializer)


def trainable(tf, say):
    for i, flag in enumerate([None, True, False]):
        v = tf.get_variable(f"v{i}", [1], trainable=flag)
        say(flag, v.trainable, sorted(tf.get_default_graph().get_all_collection_keys()))
    say(tf.trainable_variables(), tf.global_variables())
    v = tf.get_local_variable("l", [1])
    say(v.trainable, tf.local_variables(), tf.trainable_variables())
    say.of("local and trainable", lambda: tf.get_local_variable("lt", [1], trainable=True).trainable)
    say(tf.trainable_variables())


def collections(tf, say):
    tf.get_variable("a", [1], collections=["mine"])
    tf.get_variable("b", [1], collections=["mine"], trainable=False)
    tf.get_variable("c", [1], collections=("mine", "yours"))
    tf.get_variable("d", [1], collections=[])
    tf.get_variable("e", [1], collections={"mine"})
    tf.get_variable("f", [1], collections=[tf.GraphKeys.TRAINABLE_VARIABLES, tf.GraphKeys.GLOBAL_VARIABLES])
    tf.get_variable("g", [1], collections=["mine", "mine"])
    say.collections()
    for bad in ("mine", 3, {"mine": 1}):
        say.of(repr(bad), tf.get_variable, "bad", [1], collections=bad)


def collections_given_are_left_alone(tf, say):
    mine = ["mine"]
    tf.get_variable("a", [1], collections=mine)
    tf.get_variable("b", [1], collections=mine, trainable=False)
    say(mine)


def local_variables_and_collections(tf, say):
    tf.get_local_variable("a", [1], collections=["mine"])
    tf.get_local_variable("c", [1])
    say.collections()


def local_variables_and_the_list_given(tf, say):
    mine = ["mine"]
    tf.get_local_variable("a", [1], collections=mine)
    tf.get_local_variable("b", [1], collections=mine)
    say(mine)
    say.collections()


def synchronization_and_aggregation(tf, say):
    v = tf.get_variable("a", [1])
    say(v.synchronization, v.aggregation, v.trainable)
    v = tf.get_variable("b", [1], synchronization=tf.VariableSynchronization.ON_READ)
    say(v.synchronization, v.trainable)
    v = tf.get_variable("c", [1], aggregation=tf.VariableAggregation.MEAN)
    say(v.aggregation, v.trainable)
    v = tf.get_variable("d", [1], synchronization=tf.VariableSynchronization.ON_WRITE, trainable=True)
    say(v.synchronization, v.trainable)
    say.of(
        "both", tf.get_variable, "e", [1], synchronization=tf.VariableSynchronization.ON_READ, trainable=True
    )
    say.of("aggregation 7", tf.get_variable, "f", [1], aggregation=7)
    say(tf.trainable_variables())
    say([m.name for m in tf.VariableSynchronization], [m.name for m in tf.VariableAggregation])
    say([m.value for m in tf.VariableSynchronization], [m.value for m in tf.VariableAggregation])


def constraint(tf, say):
    double = lambda v: v * 2  # noqa: E731
    say(
        tf.get_variable("a", [1], constraint=double).constraint is double,
        tf.get_variable("b", [1]).constraint,
    )
    say.of("number", tf.get_variable, "c", [1], constraint=3)


def validate_shape(tf, say):
    v = tf.get_variable("a", [2], validate_shape=False)
    say(
        v,
        v.initializer.get_attr("validate_shape"),
        tf.get_variable("b", [2]).initializer.get_attr("validate_shape"),
    )
    say.of("no shape", tf.get_variable, "c", initializer=tf.zeros_initializer(), validate_shape=False)


def caching_device(tf, say):
    v = tf.get_variable("a", [2], caching_device="/cpu:0", initializer=tf.zeros_initializer())
    say(v.value().op.device, v.device)
    with tf.variable_scope("s", caching_device="/gpu:0"):
        v = tf.get_variable("b", [2], initializer=tf.zeros_initializer())
        say(v.value().op.device, v.device, tf.get_variable_scope().caching_device)
    v = tf.get_variable("c", [2], caching_device=lambda op: "/gpu:1", initializer=tf.zeros_initializer())
    say(v.value().op.device)


def devices_and_control_dependencies(tf, say):
    with tf.device("/cpu:0"), tf.control_dependencies([tf.constant(1.0, name="c")]):
        v = tf.get_variable("v", [2], initializer=tf.zeros_initializer())
        w = tf.get_variable("w", [2])
    say(v.device, w.device)
    for op in (v.op, v.initializer, v.value().op, w.op, w.initializer, w.initial_value.op):
        say(op.name, op.control_inputs, op.device)


def checks_in_order(tf, say):
    zeros = tf.zeros_initializer()
    tf.get_variable("there", [1])
    say.of("dtype, name, shape", tf.get_variable, 3, [None], "nonesuch")
    say.of("value, dtype, shape", tf.get_variable, "there", [1], "nonesuch", initializer=3.0)
    say.of("value, dtype", tf.get_variable, "there", [1], tf.int32, initializer=3.0)
    say.of("value, shape", tf.get_variable, "there", [1], initializer=3.0)
    say.of("exists, no shape", tf.get_variable, "there")
    say.of("exists, bad shape", tf.get_variable, "there", [None])
    say.of("exists, other shape and dtype", tf.get_variable, "there", [2], tf.int32)
    say.of("exists, collections", tf.get_variable, "there", [1], collections=3)
    say.of("exists, partitioner", tf.get_variable, "there", [1], partitioner=3)
    say.of("exists, constraint", tf.get_variable, "there", [1], constraint=3)
    say.of("no shape", tf.get_variable, "new")
    say.of("no shape, initializer", tf.get_variable, "new", initializer=zeros)
    say.of("unknown", tf.get_variable, "new", [None, 2])
    say.of("unknown rank", tf.get_variable, "new", tf.TensorShape(None))
    say.of("unknown, initializer", tf.get_variable, "new", [None, 2], initializer=zeros)
    say.of("negative", tf.get_variable, "new", [-1])
    say.of("string shape", tf.get_variable, "new", "abc")
    say.of("float shape", tf.get_variable, "new", [1.5])
    say.of("reuse argument", tf.get_variable, "new", [1], reuse=True)
    say.of("custom_getter", tf.get_variable, "new", [1], custom_getter=3)
    say.of("partitioner", tf.get_variable, "new", [1], partitioner=3)
    say.of("initializer object", tf.get_variable, "new", [1], initializer=object())
    say.of("regularizer", tf.get_variable, "new", [1], regularizer=3)
    say.of("no name", tf.get_variable)


def wrong_initializer_results(tf, say):
    say.of("shape", tf.get_variable, "a", [2], initializer=lambda shape, dtype: tf.zeros([3]))
    say.of("rank", tf.get_variable, "b", [2], initializer=lambda shape, dtype: tf.zeros([2, 1]))
    say.of("dtype", tf.get_variable, "c", [2], initializer=lambda shape, dtype: tf.zeros([2], tf.int32))
    say.of("None", tf.get_variable, "d", [2], initializer=lambda shape, dtype: None)
    say.of("text", tf.get_variable, "e", [2], initializer=lambda shape, dtype: "x")


def after_a_failure(tf, say):
    """A failed creation leaves nothing in the store, so the name is free."""
    say.of("raising", tf.get_variable, "a", [2], initializer=lambda shape, dtype: 1 / 0)
    say.of("again", tf.get_variable, "a", [2])
    say(tf.global_variables())


def values_after_initialization(tf, say):
    import numpy as np

    a = tf.get_variable("a", initializer=[[1.0, 2.0], [3.0, 4.0]])
    b = tf.get_variable("b", [2, 2], initializer=tf.constant_initializer([1, 2, 3, 4]))
    c = tf.get_variable("c", [3], tf.int32, initializer=tf.ones_initializer())
    d = tf.get_variable("d", initializer=np.arange(3))
    e = tf.get_variable("e", [2], tf.string, initializer=tf.constant_initializer("x"))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for v in (a, b, c, d, e):
            say(v, v.dtype, session.run(v).tolist())


def method_of_the_scope(tf, say):
    """VariableScope.get_variable takes the store first."""
    from functools import partial

    tf.get_variable("x", [1])
    store = [*tf.get_collection_ref(("__variable_store",)), None]  # scopetrie accepts None, too
    scope = tf.get_variable_scope()
    get = partial(scope.get_variable, store[0])
    say(get("a", [1]), get("b", [1], tf.float64).dtype)
    with tf.variable_scope("s") as s:
        say(s.get_variable(store[0], "a", [1]))
        say.of("reuse", s.get_variable, store[0], "a", [1], reuse=True)
        say.of("again", s.get_variable, store[0], "a", [1])
    say.of("from outside", s.get_variable, store[0], "b", [1])


def switches(tf, say):
    say.of("disable", tf.disable_resource_variables)
    say(tf.get_variable("a", [1]), type(tf.get_variable("b", [1])) is type(tf.Variable(1.0)))
    say(tf.get_variable("c", [1], use_resource=False))
    say(tf.resource_variables_enabled())
    with tf.variable_scope("s", use_resource=False) as s:
        say(s.use_resource, tf.get_variable("d", [1]))


def isinstance_of_variable(tf, say):
    v, w = tf.get_variable("v", [1]), tf.Variable(1.0)
    say(isinstance(v, tf.Variable), isinstance(w, tf.Variable), isinstance(v.value(), tf.Variable))
    say(isinstance(v.value(), tf.Tensor), isinstance(v, tf.Tensor), isinstance(v.op, tf.Operation))
    p = tf.get_variable("p", [4], partitioner=tf.fixed_size_partitioner(2))
    say(isinstance(p, tf.Variable), [isinstance(x, tf.Variable) for x in p])

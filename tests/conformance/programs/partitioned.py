"""Partitioned variables: how they are cut, named, reused, assigned and put together."""


def _parts(v):
    return [(p.name, p.get_shape().as_list()) for p in v]


def cutting(tf, say):
    fixed = tf.fixed_size_partitioner
    say(_parts(tf.get_variable("a", [7], partitioner=fixed(3))))
    say(_parts(tf.get_variable("b", [4, 6], partitioner=fixed(2, axis=1))))
    say(_parts(tf.get_variable("c", [4], partitioner=fixed(1))))
    say(_parts(tf.get_variable("d", [2], partitioner=fixed(2))))
    with tf.variable_scope("s", partitioner=fixed(2)):
        say(_parts(tf.get_variable("e", [3, 2])))
        with tf.variable_scope("t"):
            say(_parts(tf.get_variable("f", [5])))
        say(tf.get_variable("scalar", []))
    say.of("too many", tf.get_variable, "g", [2], partitioner=fixed(3))
    say.of("axis", tf.get_variable, "h", [2], partitioner=fixed(2, axis=1))


def ops(tf, say):
    tf.get_variable("w", [3, 2], initializer=tf.zeros_initializer(), partitioner=tf.fixed_size_partitioner(2))
    tf.get_variable("r", [3, 2], partitioner=tf.fixed_size_partitioner(2))
    say.ops()
    say.collections()


def about(tf, say):
    w = tf.get_variable("w", [4, 2], partitioner=tf.fixed_size_partitioner(2))
    say(w.name, w.dtype, w.get_shape(), w.shape, len(w))
    say([p.name for p in w], [p is q for p, q in zip(w, list(w), strict=True)])
    say([str(p._get_save_slice_info().spec) for p in w])
    for p in w:
        info = p._get_save_slice_info()
        say(info.full_name, info.full_shape, info.var_offset, info.var_shape)
    with tf.variable_scope("s"):
        w = tf.get_variable("w", [4, 2], partitioner=tf.fixed_size_partitioner(2))
        say(w.name, next(iter(w)).name)


def together(tf, say):
    w = tf.get_variable("w", [4], initializer=tf.ones_initializer(), partitioner=tf.fixed_size_partitioner(2))
    start = len(tf.get_default_graph().get_operations())
    say(w.as_tensor(), w.as_tensor())
    say(tf.convert_to_tensor(w), tf.identity(w), tf.add(w, 1.0), tf.reduce_sum(w))
    say.ops(start)
    with tf.name_scope("n"):
        say(tf.identity(w), w.as_tensor())
    one = tf.get_variable("one", [4], partitioner=tf.fixed_size_partitioner(1))
    start = len(tf.get_default_graph().get_operations())
    say(one.as_tensor(), tf.identity(one))
    say.ops(start)


def together_along_another_axis(tf, say):
    w = tf.get_variable("w", [2, 4], partitioner=tf.fixed_size_partitioner(2, axis=1))
    start = len(tf.get_default_graph().get_operations())
    t = w.as_tensor()
    say(t, t.get_shape())
    say.ops(start)


def conversion_with_a_dtype(tf, say):
    w = tf.get_variable("w", [4], partitioner=tf.fixed_size_partitioner(2))
    say.of("float", tf.convert_to_tensor, w, tf.float32)
    say.of("int", tf.convert_to_tensor, w, tf.int32)


def operators(tf, say):
    w = tf.get_variable(
        "w", [2, 2], initializer=tf.ones_initializer(), partitioner=tf.fixed_size_partitioner(2)
    )
    say.of("w + 1", lambda: w + 1.0)
    say.of("1 + w", lambda: 1.0 + w)
    say.of("w * w", lambda: w * w)
    say.of("matmul", lambda: tf.matmul(w, w))
    x = tf.placeholder(tf.float32, [2, 2], name="x")
    say.of("x + w", lambda: x + w)
    say.of("w + x", lambda: w + x)


def values_in_slices(tf, say):
    two = tf.fixed_size_partitioner(2)
    w = tf.get_variable("w", initializer=tf.constant([1.0, 2.0, 3.0]), partitioner=two)
    say(_parts(w))
    v = tf.get_variable(
        "v",
        initializer=tf.constant([[1.0, 2.0], [3.0, 4.0]]),
        partitioner=tf.fixed_size_partitioner(2, axis=1),
    )
    say.ops()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        say([session.run(p).tolist() for p in w], [session.run(p).tolist() for p in v])
    say.of("list", tf.get_variable, "l", initializer=[1.0, 2.0, 3.0], partitioner=two)
    say.of("scalar", tf.get_variable, "s", initializer=1.0, partitioner=two)
    say.of("scalar tensor", tf.get_variable, "st", initializer=tf.constant(1.0), partitioner=two)
    say.of("callable", tf.get_variable, "c", initializer=lambda: tf.constant([1.0, 2.0]), partitioner=two)
    say.of(
        "list and shape",
        lambda: _parts(tf.get_variable("ls", [3], initializer=[1.0, 2.0, 3.0], partitioner=two)),
    )


def values_from_initializers(tf, say):
    fixed = tf.fixed_size_partitioner(2)
    a = tf.get_variable("a", [4], initializer=tf.constant_initializer(2), partitioner=fixed)
    b = tf.get_variable("b", [4], tf.int32, initializer=tf.ones_initializer(), partitioner=fixed)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        say([session.run(p).tolist() for p in a], [session.run(p).tolist() for p in b])
        say(session.run(a.as_tensor()).tolist(), session.run(tf.identity(b)).tolist())


def partition_info(tf, say):
    def heard(shape, dtype=None, partition_info=None):
        say(shape, dtype, partition_info.full_shape, partition_info.var_offset)
        say(partition_info.single_offset(shape), partition_info.single_slice_dim(shape))
        return tf.zeros(shape, dtype)

    tf.get_variable("a", [5, 2], initializer=heard, partitioner=tf.fixed_size_partitioner(2))
    tf.get_variable("b", [2, 5], initializer=heard, partitioner=tf.fixed_size_partitioner(2, axis=1))


def initializers_that_ignore_partitions(tf, say):
    def plain(shape, dtype=None):
        say(shape, dtype)
        return tf.zeros(shape, dtype)

    tf.get_variable("a", [5, 2], initializer=plain, partitioner=tf.fixed_size_partitioner(2))


def reuse(tf, say):
    two, four = tf.fixed_size_partitioner(2), tf.fixed_size_partitioner(4)
    with tf.variable_scope("s"):
        w = tf.get_variable("w", [4, 4], partitioner=two)
        tf.get_variable("plain", [4, 4])
    with tf.variable_scope("s", reuse=True):
        say(tf.get_variable("w", [4, 4], partitioner=two) is w)
        say.of("without a partitioner", lambda: tf.get_variable("w", [4, 4]) is w)
        say.of("one part", lambda: tf.get_variable("w/part_0", [2, 4]) is next(iter(w)))
        say.of("other count", tf.get_variable, "w", [4, 4], partitioner=four)
        say.of("other axis", tf.get_variable, "w", [4, 4], partitioner=tf.fixed_size_partitioner(2, axis=1))
        say.of("other shape", tf.get_variable, "w", [6, 4], partitioner=two)
        say.of("other dtype", tf.get_variable, "w", [4, 4], tf.int32, partitioner=two)
        say.of("no shape", tf.get_variable, "w", partitioner=two)
        say.of("no shape, no partitioner", lambda: tf.get_variable("w") is w)
        say.of("other shape, no partitioner", tf.get_variable, "w", [6, 4])
        say.of("missing", tf.get_variable, "q", [4], partitioner=two)
        say.of("plain one", tf.get_variable, "plain", [4, 4], partitioner=two)


def existing(tf, say):
    two = tf.fixed_size_partitioner(2)
    tf.get_variable("w", [4], partitioner=two)
    tf.get_variable("plain", [4])
    say.of("again", tf.get_variable, "w", [4], partitioner=two)
    say.of("plain of parted", tf.get_variable, "w", [4])
    say.of("a part", tf.get_variable, "w/part_1", [2])
    say.of("parted of plain", tf.get_variable, "plain", [4], partitioner=two)


def parts_made_by_hand(tf, say):
    two = tf.fixed_size_partitioner(2)
    tf.get_variable("a/part_0", [2])
    say.of("first is there", tf.get_variable, "a", [4], partitioner=two)
    say.of("plain", tf.get_variable, "a", [2])
    tf.get_variable("b/part_1", [2])
    say.of("second is there", tf.get_variable, "b", [4], partitioner=two)
    say.of("plain", tf.get_variable, "b", [2])


def reuse_of_parts_made_by_hand(tf, say):
    tf.get_variable("a/part_0", [2])
    tf.get_variable("a/part_1", [2])
    with tf.variable_scope("", reuse=True):
        say.of("parted", lambda: _parts(tf.get_variable("a", [4], partitioner=tf.fixed_size_partitioner(2))))
    say.of("created", tf.get_variable, "a", [4], partitioner=tf.fixed_size_partitioner(2))


def auto_reuse(tf, say):
    with tf.variable_scope("s", reuse=tf.AUTO_REUSE, partitioner=tf.fixed_size_partitioner(2)):
        w = tf.get_variable("w", [4])
        say(tf.get_variable("w", [4]) is w, _parts(w))
        say.of("other shape", tf.get_variable, "w", [6])
        scalar = tf.get_variable("scalar", [])
        say(tf.get_variable("scalar", []) is scalar)


def bad_partitioners(tf, say):
    for name, partitioner in [
        ("number", 3),
        ("None", lambda shape, dtype: None),
        ("scalar", lambda shape, dtype: 2),
        ("too long", lambda shape, dtype: [2, 1]),
        ("zero", lambda shape, dtype: [0]),
        ("text", lambda shape, dtype: ["2"]),
        ("two axes", lambda shape, dtype: [2, 2]),
        ("positional", lambda a, b: [1]),
    ]:
        shape = [4, 4] if name == "two axes" else [4]
        say.of(name, tf.get_variable, name.replace(" ", "_"), shape, partitioner=partitioner)
    say.of("unknown shape", tf.get_variable, "u", [None], partitioner=tf.fixed_size_partitioner(2))
    say.of("no shape", tf.get_variable, "n", partitioner=tf.fixed_size_partitioner(2))
    say.of(
        "shape and value",
        tf.get_variable,
        "sv",
        [2],
        initializer=[1.0, 2.0],
        partitioner=tf.fixed_size_partitioner(2),
    )


def what_a_partitioner_hears(tf, say):
    def heard(**kwargs):
        say({k: kwargs[k] for k in sorted(kwargs)})
        return [1] * len(kwargs["shape"])

    tf.get_variable("a", [4, 2], partitioner=heard)
    with tf.variable_scope("s", partitioner=heard, dtype=tf.float64):
        tf.get_variable("b", [3])
        tf.get_variable("c", [])
        tf.get_variable("d", initializer=tf.constant([1, 2]))


def variable_axis_size(tf, say):
    p = tf.variable_axis_size_partitioner
    say(p(64)(tf.TensorShape([16, 4]), tf.float32), p(64, axis=1)(tf.TensorShape([4, 16]), tf.float64))
    say(
        p(64, max_shards=2)(tf.TensorShape([16, 4]), tf.float32),
        p(1 << 20)(tf.TensorShape([16, 4]), tf.float32),
    )
    say(
        p(64)(tf.TensorShape([8]), tf.string),
        p(64, bytes_per_string_element=8)(tf.TensorShape([8]), tf.string),
    )
    say.of("zero", p, 0)
    say.of("shards", p, 64, max_shards=0)
    say.of("string bytes", p, 64, bytes_per_string_element=0)
    say.of("axis", p(64, axis=2), tf.TensorShape([4]), tf.float32)
    say.of("unknown", p(64), tf.TensorShape([None]), tf.float32)
    say.of("list", p(64), [16, 4], tf.float32)
    say(_parts(tf.get_variable("v", [5, 4], partitioner=p(32))))


def min_max(tf, say):
    p = tf.min_max_variable_partitioner
    say(p()(tf.TensorShape([1 << 20]), tf.float32), p(8)(tf.TensorShape([1 << 20]), tf.float32))
    say(
        p(8)(tf.TensorShape([1 << 18]), tf.float32),
        p(100, min_slice_size=64)(tf.TensorShape([64, 4]), tf.float32),
    )
    say(
        p(3, axis=1, min_slice_size=1)(tf.TensorShape([2, 9]), tf.int64),
        p(9, min_slice_size=4)(tf.TensorShape([3]), "float32"),
    )
    say(p(9, min_slice_size=16)(tf.TensorShape([8]), tf.string))
    say.of("partitions", p, 0)
    say.of("slice", p, 2, min_slice_size=0)
    say.of("axis", p(2, axis=3), tf.TensorShape([4]), tf.float32)


def created_by_hand(tf, say):
    parts = tf.create_partitioned_variables([4, 2], [2, 1], tf.zeros_initializer(), name="w")
    say(type(parts).__name__, [(p.name, p.get_shape().as_list()) for p in parts])
    parts = tf.create_partitioned_variables([4, 2], [1, 2], tf.constant([[1.0, 2.0]] * 4), name="c")
    say([(p.name, p.get_shape().as_list()) for p in parts])
    say([p.name for p in tf.create_partitioned_variables([4], [2], tf.zeros_initializer())])
    say([p.name for p in tf.create_partitioned_variables([4], [2], tf.zeros_initializer())])
    say([p.name for p in tf.create_partitioned_variables([4], [1], tf.zeros_initializer(), name="one")])
    with tf.variable_scope("s", reuse=tf.AUTO_REUSE):
        first = tf.create_partitioned_variables([4], [2], tf.zeros_initializer(), name="w")
        again = tf.create_partitioned_variables([4], [2], tf.zeros_initializer(), name="w")
        say([p.name for p in first], [p is q for p, q in zip(first, again, strict=True)])
    say.of("rank", tf.create_partitioned_variables, [4], [2, 1], tf.zeros_initializer(), name="r")
    say.of("both axes", tf.create_partitioned_variables, [4, 4], [2, 2], tf.zeros_initializer(), name="b")
    say.of("too many", tf.create_partitioned_variables, [2], [3], tf.zeros_initializer(), name="t")
    say.of("reuse", tf.create_partitioned_variables, [4], [2], tf.zeros_initializer(), name="w", reuse=True)
    kept = tf.create_partitioned_variables([2], [2], tf.ones_initializer(), tf.int32, False, ["mine"], "k")
    say([p.dtype for p in kept], tf.get_collection("mine"), [p.trainable for p in kept])


def assigning(tf, say):
    w = tf.get_variable(
        "w", [4], initializer=tf.zeros_initializer(), partitioner=tf.fixed_size_partitioner(2)
    )
    start = len(tf.get_default_graph().get_operations())
    assigned = w.assign([[1.0, 2.0], [3.0, 4.0]])
    say(type(assigned).__name__, list(assigned))
    say.ops(start)
    added = w.assign_add([tf.ones([2]), tf.zeros([2])])
    taken = w.assign_sub([[0.5] * 2] * 2)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        say(*(t.tolist() for t in session.run(list(assigned))))
        say(*(t.tolist() for t in session.run(list(added))))
        say(*(t.tolist() for t in session.run(list(taken))))
        say(session.run(w.as_tensor()).tolist())
    say.of("one tensor", w.assign, tf.ones([4]))
    say.of("too many", w.assign, [[1.0], [2.0], [3.0]])


def assigning_one_partitioned_to_another(tf, say):
    two = tf.fixed_size_partitioner(2)
    a = tf.get_variable("a", [4], initializer=tf.zeros_initializer(), partitioner=two)
    b = tf.get_variable("b", [4], initializer=tf.ones_initializer(), partitioner=two)
    say.of("assign", lambda: list(a.assign(b)))
    say.of("list of parts", lambda: list(a.assign([[1.0, 2.0], [3.0, 4.0]])))


def regularized(tf, say):
    def penalty(v):
        return tf.reduce_sum(v, name="penalty")

    with tf.variable_scope("s"):
        tf.get_variable("w", [4], regularizer=penalty, partitioner=tf.fixed_size_partitioner(2))
    say([loss.name for loss in tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)])


def embedding(tf, say):
    w = tf.get_variable(
        "w",
        [4, 2],
        initializer=tf.constant_initializer(list(range(8))),
        partitioner=tf.fixed_size_partitioner(1),
    )
    say(tf.gather(w.as_tensor(), [0, 3]), w.as_tensor().get_shape())


def initializer_of_all(tf, say):
    w = tf.get_variable("w", [4], initializer=tf.ones_initializer(), partitioner=tf.fixed_size_partitioner(2))
    say(tf.global_variables(), tf.global_variables_initializer())
    say(tf.variables_initializer(list(w), name="only"))
    with tf.Session() as session:
        session.run("only")
        say(session.run(list(w)))

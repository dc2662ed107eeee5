"""Writing variables: assign and its kin, scatters, counters."""


def _ready(tf, *values):
    made = [tf.Variable(value, name=f"v{i}") for i, value in enumerate(values)]
    return made if len(made) > 1 else made[0]


def ops(tf, say):
    v = _ready(tf, [1.0, 2.0])
    start = len(tf.get_default_graph().get_operations())
    say(v.assign([3.0, 4.0]), v.assign_add([1.0, 1.0]), v.assign_sub([1.0, 1.0]))
    say(tf.assign(v, [3.0, 4.0]), tf.assign_add(v, [1.0, 1.0]), tf.assign_sub(v, [1.0, 1.0]))
    say(tf.assign(v, [3.0, 4.0], name="mine"), v.assign(tf.ones([2]), name="also"))
    say.of("without reading", v.assign, [1.0, 2.0], read_value=False)
    say.ops(start)


def values(tf, say):
    v = _ready(tf, [1.0, 2.0])
    with tf.Session() as session:
        session.run(v.initializer)
        say(session.run(v.assign([3.0, 4.0])), session.run(v))
        say(session.run(v.assign_add([1.0, 1.0])), session.run(v))
        say(session.run(v.assign_sub([2.0, 0.5])), session.run(v))
        say(session.run(tf.assign(v, v * 2.0)), session.run(v))
        say(session.run(v.assign([9.0, 9.0], read_value=False)), session.run(v))


def results(tf, say):
    v = _ready(tf, [1.0, 2.0])
    t = v.assign([3.0, 4.0])
    say(t.dtype, t.get_shape(), t.op.type, repr(t))
    say(t + 1.0, tf.identity(t).dtype)


def refused(tf, say):
    """Each attempt has its own name: another program covers the name of a failed op."""
    v = _ready(tf, [1.0, 2.0])
    say.of("shape", v.assign, [1.0, 2.0, 3.0], name="shape")
    say.of("scalar", v.assign, 1.0, name="scalar")
    say.of("rank", tf.assign, v, [[1.0, 2.0]], name="rank")
    say.of("dtype", v.assign, tf.constant([1, 2]), name="dtype")
    say.of("text", v.assign, "x", name="text")
    say.of("add shape", v.assign_add, [1.0, 2.0, 3.0], name="add_shape")
    say.of("add dtype", v.assign_add, tf.constant([1, 2]), name="add_dtype")
    say.of("tensor", tf.assign, tf.constant([1.0, 2.0]), [1.0, 2.0], name="tensor")
    say.of("number", tf.assign, 3.0, 1.0, name="number")


def without_validating_the_shape(tf, say):
    v = tf.Variable([1.0, 2.0], validate_shape=False, name="v")
    t = tf.assign(v, [[1.0, 2.0, 3.0]], validate_shape=False)
    say(t.get_shape(), v.get_shape())
    with tf.Session() as session:
        say(session.run(t))
        say(session.run(v))


def uninitialized(tf, say):
    v = _ready(tf, [1.0, 2.0])
    with tf.Session() as session:
        say.of("read", session.run, v)
        say.of("read by an op", session.run, v + 1.0)
        say.of("add", session.run, v.assign_add([1.0, 1.0]))
        say.of("assign", session.run, v.assign([1.0, 1.0]))
        say.of("read", session.run, v)


def grouped(tf, say):
    a, b = _ready(tf, 1.0, 2.0)
    both = tf.group(a.assign(3.0), b.assign(4.0), name="both")
    say(both, both.control_inputs, tf.group(), tf.group(a.initializer, b.initializer))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        say(session.run(both), session.run([a, b]))
    outputs = tf.tuple([a.value(), b.value()], name="pair")
    say(outputs, tf.tuple([a.value(), None]), [t.op.control_inputs for t in outputs])
    say.of("nothing", tf.tuple, [])


def in_order(tf, say):
    v = _ready(tf, 1.0)
    first = v.assign(10.0)
    with tf.control_dependencies([first]):
        second = v.assign_add(5.0)
        read = v.read_value()
    with tf.Session() as session:
        session.run(v.initializer)
        say(session.run(second), session.run(v))
        session.run(v.initializer)
        say(session.run(read), session.run(v))


def counting(tf, say):
    v = tf.Variable(0, name="v")
    start = len(tf.get_default_graph().get_operations())
    up = v.count_up_to(2)
    say(up, up.dtype, tf.count_up_to(v, 5))
    say.ops(start)
    with tf.Session() as session:
        session.run(v.initializer)
        say(session.run(up), session.run(up), session.run(v))
        say.of("limit", session.run, up)
        say(session.run(v))
    say.of("float", tf.Variable(1.0).count_up_to, 3)


def scatters(tf, say):
    v = _ready(tf, [1.0, 2.0, 3.0, 4.0])
    start = len(tf.get_default_graph().get_operations())
    made = [
        tf.scatter_update(v, [0, 2], [10.0, 30.0]),
        tf.scatter_add(v, [0, 0], [1.0, 1.0]),
        tf.scatter_sub(v, [3], [4.0]),
        tf.scatter_mul(v, [1], [3.0]),
        tf.scatter_div(v, [1], [2.0]),
        tf.scatter_min(v, [0], [0.0]),
        tf.scatter_max(v, [0], [7.0]),
    ]
    say(made, made[0].dtype)
    say.ops(start)
    with tf.Session() as session:
        session.run(v.initializer)
        for t in made:
            say(t, session.run(t))


def scatters_of_rows(tf, say):
    v = _ready(tf, [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    t = tf.scatter_update(v, [2, 0], [[50.0, 60.0], [10.0, 20.0]])
    u = tf.scatter_add(v, [[0], [1]], [[[1.0, 1.0]], [[1.0, 1.0]]])
    with tf.Session() as session:
        session.run(v.initializer)
        say(session.run(t).tolist(), session.run(u).tolist())
    say.of("shapes", tf.scatter_update, v, [0, 1], [[1.0, 2.0]])
    say.of("dtype of indices", tf.scatter_update, v, [0.0], [[1.0, 2.0]])


def scatters_out_of_range(tf, say):
    v = _ready(tf, [1.0, 2.0])
    with tf.Session() as session:
        session.run(v.initializer)
        say.of("update", session.run, tf.scatter_update(v, [5], [1.0], name="u"))
        say(session.run(v))


def scatters_by_methods(tf, say):
    v = _ready(tf, [1.0, 2.0, 3.0])
    slices = tf.IndexedSlices(tf.constant([10.0]), tf.constant([1]))
    made = [v.scatter_add(slices), v.scatter_sub(slices), v.scatter_update(slices), v.scatter_mul(slices)]
    say(made)
    with tf.Session() as session:
        session.run(v.initializer)
        for t in made:
            say(session.run(t))
    say.of("not slices", v.scatter_add, [1.0])


def scatters_nd(tf, say):
    v = _ready(tf, [[1.0, 2.0], [3.0, 4.0]])
    made = [
        tf.scatter_nd_update(v, [[0, 1]], [20.0]),
        tf.scatter_nd_add(v, [[1]], [[1.0, 1.0]]),
        tf.scatter_nd_sub(v, [[0]], [[1.0, 1.0]]),
        v.scatter_nd_update([[1, 0]], [9.0]),
        v.scatter_nd_add([[1, 0]], [1.0]),
        v.scatter_nd_sub([[1, 0]], [2.0]),
    ]
    say(made)
    with tf.Session() as session:
        session.run(v.initializer)
        for t in made:
            say(session.run(t).tolist())


def gathering(tf, say):
    v = _ready(tf, [1.0, 2.0, 3.0])
    say(tf.gather(v, [0, 2]))
    say.of("sparse_read", v.sparse_read, [0, 2])
    say.of("gather_nd", v.gather_nd, [[1]])
    with tf.Session() as session:
        session.run(v.initializer)
        say(session.run(tf.gather(v, [0, 2])))


def saving_into_slices(tf, say):
    v = _ready(tf, [1.0, 2.0, 3.0])
    t = v[1:].assign([20.0, 30.0])
    say(t, t.dtype)
    with tf.Session() as session:
        session.run(v.initializer)
        say(session.run(t), session.run(v))


def device_and_colocation(tf, say):
    with tf.device("/cpu:0"):
        v = tf.Variable(1.0, name="v")
    a = v.assign(2.0)
    say(
        a.op.device,
        a.op.colocation_groups(),
        v.initializer.colocation_groups(),
        v.value().op.colocation_groups(),
    )


def scalars_by_type(tf, say):
    for value in (1, 1.5, True):
        v = tf.Variable(value)
        with tf.Session() as session:
            session.run(v.initializer)
            say(session.run(v.assign(value)), v.assign(value).dtype)
    say.of("bool add", tf.Variable(True).assign_add, True)
    say.of("text add", tf.Variable("a").assign_add, "b")

"""The initializers: constructors, ops, values that need no random numbers, refusals."""


def _value(tf, tensor):
    with tf.Session() as session:
        return session.run(tensor)


def names_and_aliases(tf, say):
    both = "constant zeros ones random_uniform random_normal truncated_normal uniform_unit_scaling"
    for name in both.split():
        say(name, getattr(tf.initializers, name) is getattr(tf, name + "_initializer"))
    say(tf.initializers.variance_scaling is tf.variance_scaling_initializer)
    say(tf.initializers.orthogonal is tf.orthogonal_initializer)
    say(tf.initializers.glorot_uniform is tf.glorot_uniform_initializer)
    say(tf.initializers.glorot_normal is tf.glorot_normal_initializer)
    for name in "he_normal he_uniform lecun_normal lecun_uniform identity".split():
        say(name, callable(getattr(tf.initializers, name)))


def ops_of_each(tf, say):
    kinds = {
        "zeros": tf.zeros_initializer(),
        "ones": tf.ones_initializer(),
        "constant": tf.constant_initializer(2),
        "random_uniform": tf.random_uniform_initializer(-1, 1, seed=1),
        "random_normal": tf.random_normal_initializer(seed=1),
        "truncated_normal": tf.truncated_normal_initializer(seed=1),
        "uniform_unit_scaling": tf.uniform_unit_scaling_initializer(seed=1),
        "variance_scaling": tf.variance_scaling_initializer(seed=1),
        "untruncated": tf.variance_scaling_initializer(distribution="untruncated_normal", seed=1),
        "uniform": tf.variance_scaling_initializer(distribution="uniform", seed=1),
        "glorot_normal": tf.glorot_normal_initializer(seed=1),
        "orthogonal": tf.orthogonal_initializer(seed=1),
        "identity": tf.initializers.identity(),
    }
    for name, initializer in kinds.items():
        with tf.Graph().as_default():
            say(name)
            tf.get_variable("w", [3, 2], initializer=initializer)
            say.ops()


def ops_of_large_constants(tf, say):
    for size in (999, 1000, 1001):
        with tf.Graph().as_default():
            tf.get_variable("z", [size], initializer=tf.zeros_initializer())
            tf.get_variable("o", [size], initializer=tf.ones_initializer())
            tf.get_variable("c", [size], initializer=tf.constant_initializer(1))
            say.ops()


def integers_at_random(tf, say):
    tf.get_variable("w", [3], tf.int32, initializer=tf.random_uniform_initializer(0, 5))
    say.ops()
    say.of("normal", tf.get_variable, "n", [3], tf.int32, initializer=tf.random_normal_initializer())


def called_directly(tf, say):
    say(tf.zeros_initializer()([2]), tf.zeros_initializer(tf.int32)([2]).dtype)
    say(tf.ones_initializer()([2], dtype=tf.float64).dtype)
    say(tf.constant_initializer(3)([2], tf.int32).dtype, tf.constant_initializer(3, tf.int32)([2]).dtype)
    say(tf.random_normal_initializer()([2]), tf.glorot_uniform_initializer()([2, 2]))
    say(tf.constant_initializer(3)([2, 2], partition_info=None))


def constants_with_fewer_values(tf, say):
    for value, shape in [
        (7, [2, 3]),
        ([1, 2, 3], [3]),
        ([1, 2], [2, 3]),
        ([1, 2, 3, 4], [2, 2]),
        ([[1, 2], [3, 4]], [4]),
        ([[1, 2], [3, 4]], [2, 3]),
        ([5], [3]),
    ]:
        say.of(f"{value} {shape}", lambda v=value, s=shape: _value(tf, tf.constant_initializer(v)(s)))
    say.of("too many", lambda: _value(tf, tf.constant_initializer([1, 2, 3])([2])))
    say.of("none", lambda: _value(tf, tf.constant_initializer([])([2])))
    say.of("text", lambda: _value(tf, tf.constant_initializer("a")([2], tf.string)))
    say.of("true", lambda: _value(tf, tf.constant_initializer(True)([2], tf.bool)))
    say.of("object", tf.constant_initializer, object())


def verify_shape(tf, say):
    exact = tf.constant_initializer([1, 2, 3, 4], verify_shape=True)
    say.of("same", lambda: _value(tf, exact([4])))
    say.of("other", exact, [2, 2])
    say.of("larger", exact, [5])
    say.of("at the call", tf.constant_initializer([1, 2]), [4], verify_shape=True)
    say.of("variable", tf.get_variable, "v", [2, 2], initializer=exact)


def identities(tf, say):
    say.of("3 x 3", lambda: _value(tf, tf.initializers.identity()([3, 3])))
    say.of("2 x 3", lambda: _value(tf, tf.initializers.identity(gain=2.0)([2, 3])))
    say.of("int", lambda: _value(tf, tf.initializers.identity(dtype=tf.int32)([2, 2])))
    say.of("vector", tf.initializers.identity(), [3])
    say.of("cube", tf.initializers.identity(), [3, 3, 3])


def identity_in_partitions(tf, say):
    v = tf.get_variable(
        "v", [3, 3], initializer=tf.initializers.identity(), partitioner=tf.fixed_size_partitioner(2)
    )
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        say(*(session.run(p).tolist() for p in v))


def refusals(tf, say):
    say.of("scale 0", tf.variance_scaling_initializer, scale=0.0)
    say.of("scale negative", tf.variance_scaling_initializer, scale=-1.0)
    say.of("mode", tf.variance_scaling_initializer, mode="fan_up")
    say.of("distribution", tf.variance_scaling_initializer, distribution="cauchy")
    say.of("variance dtype", tf.variance_scaling_initializer, dtype=tf.int32)
    say.of("normal dtype", tf.random_normal_initializer, dtype=tf.int32)
    say.of("truncated dtype", tf.truncated_normal_initializer, dtype=tf.int32)
    say.of("orthogonal dtype", tf.orthogonal_initializer, dtype=tf.int32)
    say.of("uniform dtype", lambda: tf.random_uniform_initializer(dtype=tf.int32) and "fine")
    say.of("orthogonal vector", tf.orthogonal_initializer(), [3])
    say.of("unit scaling dtype", tf.uniform_unit_scaling_initializer, dtype=tf.int32)


def properties(tf, say):
    for name, initializer in [
        ("zeros", tf.zeros_initializer()),
        ("constant", tf.constant_initializer(3)),
        ("random_uniform", tf.random_uniform_initializer(0, 2, seed=3)),
        ("random_normal", tf.random_normal_initializer(1, 2, seed=3)),
        ("truncated_normal", tf.truncated_normal_initializer()),
        ("variance_scaling", tf.variance_scaling_initializer(2.0)),
        ("glorot_uniform", tf.glorot_uniform_initializer(seed=1)),
        ("orthogonal", tf.orthogonal_initializer(gain=2.0)),
        ("identity", tf.initializers.identity()),
    ]:
        say(name, {k: str(v) for k, v in sorted(initializer.get_config().items())})
        again = type(initializer).from_config(initializer.get_config())
        say(type(again) is type(initializer), again.get_config() == initializer.get_config())


def he_and_lecun(tf, say):
    for name in ("he_normal", "he_uniform", "lecun_normal", "lecun_uniform"):
        with tf.Graph().as_default():
            w = tf.get_variable("w", [3, 2], initializer=getattr(tf.initializers, name)(seed=1))
            say(name, w.initial_value, len(tf.get_default_graph().get_operations()))


def limits_of_uniform_scaling(tf, say):
    """The bounds depend on the shape: fans of vectors, matrices and convolution kernels."""
    for shape in ([], [6], [4, 8], [3, 3, 4, 8], [2, 3, 3, 4, 8]):
        for mode in ("fan_in", "fan_out", "fan_avg"):
            with tf.Graph().as_default() as graph:
                tf.variance_scaling_initializer(3.0, mode, "uniform")(shape)
                say(shape, mode, _value(tf, graph.get_tensor_by_name("random_uniform/max:0")))


def deviations_of_normal_scaling(tf, say):
    for distribution in ("truncated_normal", "untruncated_normal", "normal"):
        name = "random_normal" if distribution == "untruncated_normal" else "truncated_normal"
        for shape in ([6], [4, 8], [3, 3, 4, 8]):
            with tf.Graph().as_default() as graph:
                tf.variance_scaling_initializer(2.0, "fan_in", distribution)(shape)
                say(distribution, shape, _value(tf, graph.get_tensor_by_name(name + "/stddev:0")))


def bounds_given(tf, say):
    with tf.Graph().as_default() as graph:
        tf.random_uniform_initializer(-2.0, 5.0)([2])
        say(*(_value(tf, graph.get_tensor_by_name(f"random_uniform/{x}:0")) for x in ("min", "max")))
        tf.random_normal_initializer(1.0, 3.0)([2])
        say(*(_value(tf, graph.get_tensor_by_name(f"random_normal/{x}:0")) for x in ("mean", "stddev")))
    with tf.Graph().as_default() as graph:
        tf.random_uniform_initializer()([2])
        say(*(_value(tf, graph.get_tensor_by_name(f"random_uniform/{x}:0")) for x in ("min", "max")))


def orthogonal_columns(tf, say):
    import numpy as np

    for shape in ([4, 3], [3, 4], [2, 3, 4]):
        w = _value(tf, tf.orthogonal_initializer(gain=2.0, seed=1)(shape)).reshape(-1, shape[-1])
        gram = w.T @ w if w.shape[0] >= w.shape[1] else w @ w.T
        say(shape, bool(np.allclose(gram, 4 * np.eye(len(gram)), atol=1e-4)))


def scope_initializer_against_own(tf, say):
    with tf.variable_scope("a", initializer=tf.constant_initializer(0.5)):
        v = tf.get_variable("v", [1])
        w = tf.get_variable("w", [1], initializer=tf.constant_initializer(0.25))
        with tf.variable_scope("b"):
            x = tf.get_variable("x", [1])
        with tf.variable_scope("c", initializer=tf.constant_initializer(0.125)):
            y = tf.get_variable("y", [1])
            say.of("int", tf.get_variable, "z", [1], tf.int32)
    with tf.Session() as session:
        session.run(tf.variables_initializer([v, w, x, y]))
        say(*(session.run(t).tolist() for t in (v, w, x, y)))

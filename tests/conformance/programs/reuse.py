"""The reuse mode: which scope decides, which inherits, and get_variable's errors."""


def _mode(scope, tf):
    return "auto" if scope.reuse is tf.AUTO_REUSE else bool(scope.reuse)


def flags_nested(tf, say):
    modes = {"none": None, "false": False, "true": True, "auto": tf.AUTO_REUSE}
    for outer, a in modes.items():
        for inner, b in modes.items():
            with tf.variable_scope("s", reuse=a), tf.variable_scope("t", reuse=b) as t:
                say(outer, inner, _mode(t, tf))
                with tf.variable_scope("u") as u:
                    say("  below", _mode(u, tf))


def flags_of_a_captured_scope(tf, say):
    modes = {"none": None, "false": False, "true": True, "auto": tf.AUTO_REUSE}
    for own, a in modes.items():
        with tf.variable_scope("s", reuse=a) as s:
            pass
        for outer, b in modes.items():
            for given, c in modes.items():
                with tf.variable_scope("t", reuse=b), tf.variable_scope(s, reuse=c) as again:
                    say(own, outer, given, _mode(again, tf))


def reuse_variables_of_an_auto_scope(tf, say):
    with tf.variable_scope("a", reuse=tf.AUTO_REUSE) as a:
        tf.get_variable("v", [1])
        a.reuse_variables()
        say(_mode(a, tf), tf.get_variable("v", [1]))
        say.of("new", tf.get_variable, "w", [1])


def creating(tf, say):
    with tf.variable_scope("a"):
        say.of("v", tf.get_variable, "v", [1])
        say.of("v again", tf.get_variable, "v", [1])
    with tf.variable_scope("a", reuse=False):
        say.of("v again", tf.get_variable, "v", [1])


def reusing(tf, say):
    with tf.variable_scope("a"):
        v = tf.get_variable("v", [1])
    with tf.variable_scope("a", reuse=True):
        say(tf.get_variable("v") is v, tf.get_variable("v", [1]) is v, tf.get_variable("v", 1) is v)
        say(tf.get_variable("v", shape=(1,), dtype=tf.float32) is v, tf.get_variable("v", [None]) is v)
        say(tf.get_variable("v", tf.TensorShape(None)) is v, tf.get_variable("v", tf.TensorShape([1])) is v)
        say.of("missing", tf.get_variable, "w", [1])
        say.of("missing without shape", tf.get_variable, "w")
        say.of("rank", tf.get_variable, "v", [1, 1])
        say.of("size", tf.get_variable, "v", [2])
        say.of("scalar", tf.get_variable, "v", [])
        say.of("dtype", tf.get_variable, "v", [1], tf.int32)
        say.of("both", tf.get_variable, "v", [2], tf.int32)


def auto(tf, say):
    with tf.variable_scope("a", reuse=tf.AUTO_REUSE):
        v = tf.get_variable("v", [1])
        say(v, tf.get_variable("v", [1]) is v)
        say.of("size", tf.get_variable, "v", [2])
        say.of("dtype", tf.get_variable, "v", [1], tf.int32)
        say.of("no shape", tf.get_variable, "w")
        say.of("then", tf.get_variable, "w", [1])


def dtype_defaults_to_the_scopes(tf, say):
    with tf.variable_scope("a"):
        tf.get_variable("i", [1], tf.int32)
        tf.get_variable("d", [1], tf.float64)
    with tf.variable_scope("a", reuse=True):
        say.of("i", tf.get_variable, "i", [1])
        say.of("i", tf.get_variable, "i", dtype=tf.int32)
        say.of("d", tf.get_variable, "d")
        say.of("d", tf.get_variable, "d", dtype="float64")
    with tf.variable_scope("a", reuse=True, dtype=tf.float64):
        say.of("d", tf.get_variable, "d")
        say.of("i", tf.get_variable, "i")


def arguments_ignored_under_reuse(tf, say):
    with tf.variable_scope("a"):
        v = tf.get_variable("v", [1])
    with tf.variable_scope("a", reuse=True):
        say(tf.get_variable("v", [1], initializer=tf.zeros_initializer()) is v)
        say(tf.get_variable("v", [1], regularizer=tf.reduce_sum) is v)
        say(tf.get_variable("v", [1], trainable=False) is v, tf.get_variable("v", collections=["x"]) is v)
        say(tf.get_variable("v", initializer=[1.0, 2.0]) is v, tf.get_variable("v", initializer=5) is v)
        say(tf.get_variable("v", [1], initializer=lambda: 1.0) is v)
        say(tf.get_variable("v", validate_shape=False) is v)
        say.of("shape and value", tf.get_variable, "v", [1], initializer=[1.0])
        say.of("shape and value", tf.get_variable, "v", [1], initializer=1.0)
    say(tf.trainable_variables(), tf.get_collection("x"), tf.get_collection("regularization_losses"))


def variables_of_tf_variable_are_not_in_the_store(tf, say):
    with tf.variable_scope("a"):
        tf.Variable(1.0, name="v")
    with tf.variable_scope("a", reuse=True):
        say.of("v", tf.get_variable, "v", [])
    with tf.variable_scope("a"):
        say.of("v", tf.get_variable, "v", [])
        say.of("v", tf.get_variable, "v", [])
    with tf.variable_scope("a", reuse=True):
        say.of("v", tf.get_variable, "v", [])


def store_key_and_op_name_differ(tf, say):
    tf.constant(1.0, name="w")
    w = tf.get_variable("w", [1])
    say(w, w.op.name)
    with tf.variable_scope("", reuse=True):
        say(tf.get_variable("w") is w)
        say.of("w_1", tf.get_variable, "w_1")
    other = tf.get_variable("w_1", [1])
    say(other, tf.get_variable("W", [1]))


def local_variables_share_the_store(tf, say):
    with tf.variable_scope("a"):
        v = tf.get_local_variable("v", [1])
        say(v, tf.local_variables(), tf.global_variables())
        say.of("again", tf.get_variable, "v", [1])
    with tf.variable_scope("a", reuse=True):
        say(tf.get_variable("v", [1]) is v, tf.get_local_variable("v", [1]) is v)


def many_lines_of_a_refusal(tf, say):
    """After the first line the error says where the variable was made, innermost frame first."""
    tf.get_variable("v", [1])
    try:
        tf.get_variable("v", [1])
    except ValueError as error:
        lines = str(error).splitlines()
        say(len(error.args), lines[0])
        say(repr(lines[1]), "many_lines_of_a_refusal" in lines[2], lines[2].lstrip().startswith("File "))


def conv_layers_shared(tf, say):
    def conv_relu(x):
        weights = tf.get_variable("weights", [2, 2], initializer=tf.random_normal_initializer())
        biases = tf.get_variable("biases", [2], initializer=tf.constant_initializer(0.0))
        return tf.nn.relu(tf.matmul(x, weights) + biases)

    def model(x):
        with tf.variable_scope("conv1"):
            x = conv_relu(x)
        with tf.variable_scope("conv2"):
            return conv_relu(x)

    x = tf.placeholder(tf.float32, [None, 2])
    say(model(x))
    say.of("second", model, x)
    with tf.variable_scope("filters") as scope:
        say(model(x))
        scope.reuse_variables()
        say(model(x))
    say(tf.trainable_variables())
    say(tf.trainable_variables("filters"))

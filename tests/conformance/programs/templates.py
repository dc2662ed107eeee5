"""make_template: variables shared by calls, scopes named once."""


def _dense(tf, units=2):
    def dense(x):
        w = tf.get_variable("w", [2, units])
        return tf.matmul(x, w)

    return dense


def sharing(tf, say):
    layer = tf.make_template("layer", _dense(tf))
    x = tf.placeholder(tf.float32, [1, 2], name="x")
    say(layer(x), layer(x), tf.global_variables())
    say(layer.name, layer.variable_scope_name, layer.var_scope.name, layer.variable_scope.name)
    say(layer.variables, layer.trainable_variables, layer.non_trainable_variables)
    say(layer.global_variables, layer.local_variables, layer.weights, layer.trainable_weights)


def before_the_first_call(tf, say):
    layer = tf.make_template("layer", _dense(tf))
    say(layer.name, layer.var_scope, layer.variable_scope_name)
    say.of("variables", lambda: layer.variables)
    say.of("trainable", lambda: layer.trainable_variables)


def unique_scopes(tf, say):
    x = tf.placeholder(tf.float32, [1, 2], name="x")
    a, b = tf.make_template("layer", _dense(tf)), tf.make_template("layer", _dense(tf))
    say(b(x), a(x), b(x), a(x))
    say(a.variable_scope_name, b.variable_scope_name, tf.global_variables())


def created_now(tf, say):
    x = tf.placeholder(tf.float32, [1, 2], name="x")
    with tf.variable_scope("outer"):
        a = tf.make_template("layer", _dense(tf), create_scope_now_=True)
        b = tf.make_template("layer", _dense(tf))
    say(a.variable_scope_name, b.variable_scope_name)
    say(a(x), b(x), a(x))
    say(a.variable_scope_name, b.variable_scope_name, tf.global_variables())


def called_inside_scopes(tf, say):
    x = tf.placeholder(tf.float32, [1, 2], name="x")
    layer = tf.make_template("layer", _dense(tf))
    with tf.variable_scope("s"), tf.name_scope("n"):
        say(layer(x))
    with tf.variable_scope("t"):
        say(layer(x))
    with tf.name_scope("m"):
        say(layer(x))
    say(tf.global_variables())


def given_arguments(tf, say):
    def scale(x, y, factor, name="v"):
        return x * y * tf.get_variable(name, [1]) * factor

    half = tf.make_template("half", scale, factor=0.5)
    x = tf.placeholder(tf.float32, [1], name="x")
    say(half(x, 2.0), half(x, y=3.0), half(x, 2.0, factor=4.0))
    say.of("missing", half, x)


def new_variables_in_a_second_call(tf, say):
    def body(name):
        return tf.get_variable(name, [1])

    t = tf.make_template("t", body)
    say(t("a"), t("a"))
    say.of("other", t, "b")
    say(tf.global_variables())


def plain_variables_in_a_second_call(tf, say):
    t = tf.make_template("t", lambda: tf.Variable(1.0, name="v"))
    say(t())
    say.of("again", t)


def no_variables_at_all(tf, say):
    t = tf.make_template("t", lambda x: x + 1.0)
    x = tf.placeholder(tf.float32, name="x")
    say(t(x), t(x), t.variables)
    t = tf.make_template("u", lambda make: tf.get_variable("v", [1]) if make else None)
    say(t(False))
    say.of("first made in a second call", t, True)
    t = tf.make_template("w", lambda make: tf.get_variable("v", [1]) if make else None)
    say(t(True), t(False), t(True))


def unique_name(tf, say):
    a = tf.make_template("t", lambda: tf.get_variable("v", [1]), unique_name_="fixed")
    b = tf.make_template("t", lambda: tf.get_variable("v", [1]), unique_name_="fixed")
    say(a(), a() is a())
    say.of("b", b)
    say.of("now", tf.make_template, "t", lambda: None, True, "fixed")


def nested(tf, say):
    def inner():
        return tf.get_variable("v", [1])

    def outer():
        a = tf.make_template("inner", inner)
        b = tf.make_template("inner", inner)
        return a(), b(), a()

    t = tf.make_template("outer", outer)
    say(t(), t())
    say(t.variables)


def template_inside_a_template(tf, say):
    shared = tf.make_template("shared", lambda: tf.get_variable("v", [1]))
    a = tf.make_template("a", lambda: (shared(), tf.get_variable("w", [1])))
    b = tf.make_template("b", lambda: (shared(), tf.get_variable("w", [1])))
    say(a(), b(), a(), b())
    say(shared.variable_scope_name, a.variables, b.variables)


def scopes_inside(tf, say):
    def body():
        with tf.variable_scope("s"):
            v = tf.get_variable("v", [1])
        with tf.variable_scope(None, "d"):
            w = tf.get_variable("w", [1])
        with tf.variable_scope(None, "d"):
            x = tf.get_variable("x", [1])
        return v, w, x, tf.constant(1.0, name="c")

    t = tf.make_template("t", body)
    say(t())
    say(t())


def custom_getter(tf, say):
    def doubled(getter, *args, **kwargs):
        return getter(*args, **kwargs) * 2.0

    t = tf.make_template("t", lambda: tf.get_variable("v", [1]), custom_getter_=doubled)
    say(t(), t())
    say(tf.global_variables())


def variables_of_each_kind(tf, say):
    def body():
        tf.get_variable("v", [1])
        tf.get_variable("frozen", [1], trainable=False)
        tf.get_local_variable("local", [1])

    t = tf.make_template("t", body)
    t()
    say(t.variables, t.trainable_variables, t.non_trainable_variables, t.global_variables, t.local_variables)


def errors_inside(tf, say):
    def body(fail):
        v = tf.get_variable("v", [1])
        if fail:
            raise LookupError("inside")
        return v

    t = tf.make_template("t", body)
    say.of("first", t, True)
    say.of("then", t, False)
    say.of("again", t, False)


def refused(tf, say):
    say.of("no name", tf.make_template, None, lambda: None)
    say.of("no function", tf.make_template, "t")


def reuse_set_by_the_caller(tf, say):
    t = tf.make_template("t", lambda: tf.get_variable("v", [1]))
    with tf.variable_scope("s", reuse=True):
        say.of("in a reusing scope", t)
    with tf.variable_scope("s", reuse=tf.AUTO_REUSE):
        u = tf.make_template("u", lambda: tf.get_variable("v", [1]))
        say(u(), u())


def names_of_repeated_calls(tf, say):
    t = tf.make_template("t", lambda: tf.constant(1.0, name="c"))
    say([t() for _ in range(3)])
    with tf.name_scope("n"):
        say(t())


def regularizers_inside(tf, say):
    t = tf.make_template(
        "t", lambda: tf.get_variable("v", [1], regularizer=lambda v: tf.reduce_sum(v, name="p"))
    )
    t()
    t()
    say([loss.name for loss in tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)])

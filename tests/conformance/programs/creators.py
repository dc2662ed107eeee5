"""variable_creator_scope: which creators are called, in which order, with which arguments."""


def _named(say, label):
    def creator(next_creator, **kwargs):
        say(label, "before", kwargs["name"])
        v = next_creator(**kwargs)
        say(label, "after", v)
        return v

    return creator


def order(tf, say):
    with tf.variable_creator_scope(_named(say, "outer")), tf.variable_creator_scope(_named(say, "inner")):
        tf.Variable(1.0, name="a")
        tf.get_variable("b", [1])
    tf.Variable(1.0, name="c")


DOCUMENTED = (
    "initial_value trainable collections validate_shape caching_device name dtype constraint use_resource "
    "synchronization aggregation shape"
).split()


def arguments(tf, say):
    def creator(next_creator, **kwargs):
        say([key for key in DOCUMENTED if key in kwargs])
        for key in ("name", "trainable", "collections", "dtype", "validate_shape", "caching_device"):
            say("  ", key, kwargs[key])
        return next_creator(**kwargs)

    with tf.variable_creator_scope(creator):
        tf.Variable(1.0, name="a")
        tf.Variable([1], trainable=False, collections=["mine"], dtype=tf.float64)
        with tf.variable_scope("s"):
            tf.get_variable("b", [1])
            tf.get_local_variable("c", [1])


def changing_arguments(tf, say):
    def creator(next_creator, **kwargs):
        kwargs["trainable"] = False
        kwargs["name"] = kwargs["name"] + "_made"
        return next_creator(**kwargs)

    with tf.variable_creator_scope(creator):
        say(tf.Variable(1.0, name="a"))
        v = tf.get_variable("b", [1])
        say(v, v.trainable)
    with tf.variable_scope("", reuse=True):
        say(tf.get_variable("b") is v)
        say.of("b_made", tf.get_variable, "b_made")


def returning_something_else(tf, say):
    with tf.variable_creator_scope(lambda next_creator, **kwargs: "not a variable"):
        say.of("Variable", tf.Variable, 1.0, name="a")


def counting(tf, say):
    made = []

    def creator(next_creator, **kwargs):
        made.append(next_creator(**kwargs))
        return made[-1]

    with tf.variable_creator_scope(creator):
        with tf.variable_scope("s", reuse=tf.AUTO_REUSE):
            tf.get_variable("v", [1])
            tf.get_variable("v", [1])
        tf.get_variable("p", [4], partitioner=tf.fixed_size_partitioner(2))
    say(made)


def per_graph(tf, say):
    with tf.variable_creator_scope(_named(say, "creator")):
        with tf.Graph().as_default():
            tf.Variable(1.0, name="other")
        tf.Variable(1.0, name="own")


def exits(tf, say):
    def fail():
        with tf.variable_creator_scope(_named(say, "creator")):
            raise ZeroDivisionError("inside")

    say.of("body", fail)
    tf.Variable(1.0, name="a")


def with_custom_getters(tf, say):
    def getter(getter, name, *args, **kwargs):
        say("getter", name)
        return getter(name, *args, **kwargs)

    with tf.variable_creator_scope(_named(say, "creator")), tf.variable_scope("s", custom_getter=getter):
        tf.get_variable("v", [1])


def in_templates(tf, say):
    def make():
        return tf.Variable(1.0, name="plain"), tf.get_variable("v", [1])

    template = tf.make_template("t", make)
    say(template())
    with tf.variable_creator_scope(_named(say, "creator")):
        say.of("again", template)


def wrong_order_of_exits(tf, say):
    a, b = tf.variable_creator_scope(_named(say, "a")), tf.variable_creator_scope(_named(say, "b"))
    a.__enter__()
    b.__enter__()
    say.of("outer first", a.__exit__, None, None, None)


def initial_values_seen(tf, say):
    def creator(next_creator, **kwargs):
        value = kwargs["initial_value"]
        say(kwargs["name"], "callable" if callable(value) else value)
        return next_creator(**kwargs)

    with tf.variable_creator_scope(creator):
        tf.Variable(1.0, name="a")
        tf.Variable(lambda: 1.0, name="b")
        tf.get_variable("c", [1])
        tf.get_variable("d", initializer=2.0)

"""custom_getter, of scopes and of calls: order, arguments, results."""


def _heard(say, label):
    def getter(getter, name, *args, **kwargs):
        say(label, name, args, {k: kwargs[k] for k in sorted(kwargs) if not callable(kwargs[k])})
        return getter(name, *args, **kwargs)

    return getter


def _named(say, label):
    def getter(getter, name, *args, **kwargs):
        say(label, "before", name)
        v = getter(name, *args, **kwargs)
        say(label, "after", v)
        return v

    return getter


def arguments(tf, say):
    with tf.variable_scope("s", custom_getter=_heard(say, "scope")):
        tf.get_variable("v", [1])
        tf.get_variable("w", [2], tf.int32, trainable=False, collections=["mine"])


def keyword_names(tf, say):
    def getter(getter, **kwargs):
        say(sorted(kwargs))
        return getter(**kwargs)

    with tf.variable_scope("s", custom_getter=getter):
        say(tf.get_variable("v", [1]))
        say(tf.get_variable("w", initializer=3.0))
    say(tf.get_variable("x", [1], custom_getter=getter))


def order(tf, say):
    with (
        tf.variable_scope("a", custom_getter=_named(say, "outer")),
        tf.variable_scope("b", custom_getter=_named(say, "inner")),
    ):
        tf.get_variable("v", [1])
        with tf.variable_scope("c"):
            tf.get_variable("v", [1])


def per_call_replaces_the_scopes(tf, say):
    with tf.variable_scope("a", custom_getter=_named(say, "scope")):
        tf.get_variable("v", [1], custom_getter=_named(say, "call"))
        tf.get_variable("w", [1])


def renaming(tf, say):
    def rename(getter, name, *args, **kwargs):
        return getter(name + "_suffix", *args, **kwargs)

    with tf.variable_scope("a", custom_getter=rename):
        v = tf.get_variable("v", [1])
        say(v)
        say.of("again", tf.get_variable, "v", [1])
    with tf.variable_scope("a", custom_getter=rename, reuse=True):
        say(tf.get_variable("v", [1]) is v)
    with tf.variable_scope("a", reuse=True):
        say(tf.get_variable("v_suffix") is v)
        say.of("plain name", tf.get_variable, "v")


def returning_a_tensor(tf, say):
    def doubled(getter, *args, **kwargs):
        return getter(*args, **kwargs) * 2.0

    with tf.variable_scope("a", custom_getter=doubled):
        say(tf.get_variable("v", [1]))
        say.of("again", tf.get_variable, "v", [1])
    with tf.variable_scope("a", custom_getter=doubled, reuse=True):
        say(tf.get_variable("v", [1]))
    say(tf.global_variables())


def returning_something_else(tf, say):
    with tf.variable_scope("a", custom_getter=lambda getter, name, **kwargs: [name, "made up"]):
        say(tf.get_variable("v", [1]))
        say(tf.get_variable("v"))
    say(tf.global_variables())


def two_variables_from_one(tf, say):
    def pair(getter, name, *args, **kwargs):
        return getter(name + "/a", *args, **kwargs) + getter(name + "/b", *args, **kwargs)

    with tf.variable_scope("s", custom_getter=pair):
        say(tf.get_variable("v", [1]))
    with tf.variable_scope("s", custom_getter=pair, reuse=True):
        say(tf.get_variable("v", [1]))
    say(tf.global_variables())


def overriding_arguments(tf, say):
    def frozen(getter, name, *args, **kwargs):
        kwargs["trainable"] = False
        kwargs["initializer"] = tf.ones_initializer()
        return getter(name, *args, **kwargs)

    with tf.variable_scope("s", custom_getter=frozen):
        v = tf.get_variable("v", [1])
        say(v.trainable, v.initial_value)
    say(tf.trainable_variables())


def captured_scopes_keep_it(tf, say):
    with tf.variable_scope("a", custom_getter=_named(say, "a")) as a:
        pass
    with tf.variable_scope(a):
        tf.get_variable("v", [1])
    with tf.variable_scope("b", custom_getter=_named(say, "b")), tf.variable_scope(a):
        tf.get_variable("w", [1])
    with tf.variable_scope(a, custom_getter=_named(say, "new")):
        tf.get_variable("x", [1])
    with tf.variable_scope("a"):
        tf.get_variable("y", [1])


def local_variables(tf, say):
    with tf.variable_scope("a", custom_getter=_heard(say, "scope")):
        say(tf.get_local_variable("v", [1]))
    say(tf.local_variables())


def partitioned(tf, say):
    with tf.variable_scope("a", custom_getter=_named(say, "scope"), partitioner=tf.fixed_size_partitioner(2)):
        say([p.name for p in tf.get_variable("v", [4])])


def with_reuse(tf, say):
    def getter(getter, name, reuse=None, **kwargs):
        say(name, "reuse", "auto" if reuse is tf.AUTO_REUSE else reuse)
        return getter(name, reuse=reuse, **kwargs)

    for reuse in (None, True, tf.AUTO_REUSE):
        with tf.variable_scope("s", custom_getter=getter, reuse=reuse):
            tf.get_variable("v", [1])


def changing_reuse(tf, say):
    def share(getter, name, *args, **kwargs):
        kwargs["reuse"] = tf.AUTO_REUSE
        return getter(name, *args, **kwargs)

    with tf.variable_scope("s", custom_getter=share):
        say(tf.get_variable("v", [1]) is tf.get_variable("v", [1]))


def not_callable(tf, say):
    say.of("call", tf.get_variable, "v", [1], custom_getter=3)
    with tf.variable_scope("s", custom_getter=3):
        say.of("scope", tf.get_variable, "v", [1])


def tf_variable_is_not_asked(tf, say):
    with tf.variable_scope("a", custom_getter=_named(say, "scope")):
        say(tf.Variable(1.0, name="v"))


def moving_average_of_weights(tf, say):
    """The original use of custom getters: return another variable than the one asked for."""
    with tf.variable_scope("net"):
        tf.get_variable("w", [1])
    shadow = {"net/w": tf.Variable([1.0], name="w_average")}

    def averaged(getter, name, *args, **kwargs):
        v = getter(name, *args, **kwargs)
        return shadow.get(name, v)

    with tf.variable_scope("net", reuse=True, custom_getter=averaged):
        say(tf.get_variable("w", [1]))


def default_initializer_seen(tf, say):
    def getter(getter, name, initializer=None, **kwargs):
        say(name, "initializer given:", initializer is not None)
        return getter(name, initializer=initializer, **kwargs)

    with tf.variable_scope("a", custom_getter=getter):
        tf.get_variable("v", [1])
        with tf.variable_scope("b", initializer=tf.ones_initializer()):
            tf.get_variable("v", [1])


def errors_inside(tf, say):
    def failing(getter, name, *args, **kwargs):
        raise LookupError("no " + name)

    with tf.variable_scope("a", custom_getter=failing):
        say.of("v", tf.get_variable, "v", [1])
    with tf.variable_scope("a"):
        say.of("v", tf.get_variable, "v", [1])

"""Regularizers: which variables, which ops, which losses."""


def _sum(tf):
    return lambda v: tf.reduce_sum(v, name="penalty")


def _losses(tf):
    return [loss.name for loss in tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)]


def of_a_call(tf, say):
    with tf.variable_scope("s"):
        tf.get_variable("w", [2], regularizer=_sum(tf))
        tf.get_variable("b", [2])
    say(_losses(tf))


def of_a_scope(tf, say):
    with tf.variable_scope("s", regularizer=_sum(tf)) as s:
        tf.get_variable("w", [2])
        with tf.variable_scope("t") as t:
            say(t.regularizer is s.regularizer)
            tf.get_variable("w", [2])
        with tf.variable_scope("u", regularizer=tf.no_regularizer):
            tf.get_variable("w", [2])
        tf.get_variable("own", [2], regularizer=lambda v: tf.reduce_mean(v, name="mean"))
        tf.get_variable("none", [2], regularizer=tf.no_regularizer)
    say(_losses(tf))


def not_again_under_reuse(tf, say):
    for reuse in (None, True, tf.AUTO_REUSE):
        with tf.variable_scope("s", regularizer=_sum(tf), reuse=reuse):
            tf.get_variable("w", [2])
    say(_losses(tf))


def returning_none(tf, say):
    tf.get_variable("w", [2], regularizer=lambda v: None)
    say(_losses(tf), tf.no_regularizer(3))


def returning_a_number(tf, say):
    say.of("number", tf.get_variable, "w", [2], regularizer=lambda v: 0.5)
    say.of("losses", lambda: len(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)))


def raising(tf, say):
    say.of("w", tf.get_variable, "w", [2], regularizer=lambda v: 1 / 0)


def in_name_scopes(tf, say):
    with tf.name_scope("n"), tf.variable_scope("s", regularizer=_sum(tf)):
        tf.get_variable("w", [2])
    say(_losses(tf))


def of_a_renamed_variable(tf, say):
    tf.constant(1.0, name="w")
    say(tf.get_variable("w", [2], regularizer=_sum(tf)), _losses(tf))


def values(tf, say):
    with tf.variable_scope("s", regularizer=_sum(tf), initializer=tf.constant_initializer(2.0)):
        tf.get_variable("a", [2])
        tf.get_variable("b", [3])
    losses = tf.losses.get_regularization_losses()
    total = tf.losses.get_regularization_loss()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        say(len(losses), session.run(losses[0] + 0.0), session.run(losses[1] * 1.0), session.run(total))


def losses_in_arithmetic(tf, say):
    tf.get_variable("w", [2], regularizer=_sum(tf), initializer=tf.ones_initializer())
    loss = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)[0]
    say(loss.dtype, loss.get_shape(), loss.name, (1.0 + loss).dtype)
    total = tf.add_n(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)) + tf.constant(1.0)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        say(session.run(total), session.run(loss))


def totals(tf, say):
    say(tf.losses.get_regularization_loss(), tf.losses.get_regularization_loss(name="mine"))
    say(tf.losses.get_regularization_losses())
    with tf.variable_scope("s", regularizer=_sum(tf)):
        tf.get_variable("w", [2])
    say(tf.losses.get_regularization_loss(), tf.losses.get_regularization_loss(name="mine"))
    with tf.variable_scope("t", regularizer=_sum(tf)):
        tf.get_variable("w", [2])
    say(tf.losses.get_regularization_loss(), tf.losses.get_regularization_loss("s"))
    say(len(tf.losses.get_regularization_losses("s")), len(tf.losses.get_regularization_losses("x")))


def filters(tf, say):
    for scope in ("a", "b"):
        with tf.variable_scope(scope, regularizer=_sum(tf)):
            tf.get_variable("w", [2])
    say([loss.name for loss in tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES, "a")])


def root_names_that_are_taken(tf, say):
    """v1 calls the regularizer in the root scope as a trial; the names of that trial stay taken."""
    with tf.variable_scope("s", regularizer=_sum(tf)):
        tf.get_variable("w", [2])
    say(tf.constant(1.0), tf.constant(1.0, name="penalty"))
    tf.get_variable("v", [2], regularizer=lambda v: tf.add(tf.reduce_sum(v), 1.0, name="more"))
    say(tf.constant(1.0), tf.constant(1.0, name="more"), tf.constant(1.0, name="Sum"))


def calls(tf, say):
    """How often a regularizer runs: v1 calls it once as a trial, then again at every conversion."""
    heard = []

    def regularizer(v):
        heard.append(v.name)
        return tf.reduce_sum(v, name="penalty")

    tf.get_variable("w", [2], regularizer=regularizer)
    say(len(heard))
    loss = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)[0]
    say(loss.name, len(heard))
    say(loss + 1.0, len(heard))
    say(loss * 2.0, len(heard))


def ops(tf, say):
    """Where a regularizer's ops are: v1 has those of the trial at the root, too."""
    with tf.variable_scope("s"):
        tf.get_variable("w", [2], regularizer=_sum(tf), initializer=tf.zeros_initializer())
    tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)[0].name  # noqa: B018 v1 makes the loss only now
    say.ops()


def root_names_of_several_operations(tf, say):
    def both(v):
        return 0.1 * tf.reduce_sum(v) + 0.2 * tf.reduce_sum(v * v)

    x = tf.placeholder(tf.float32, [2], name="x")
    for regularizer in (both, lambda v: tf.reduce_sum(v, name="mul_1")):
        for name in ("w", "W", "v", "a/b"):
            with tf.variable_scope("s", reuse=tf.AUTO_REUSE):
                tf.get_variable(name + regularizer.__name__.strip("<>"), [2], regularizer=regularizer)
            say(x * 2.0, tf.constant(1.0), tf.reduce_sum(x), x + 1.0, tf.constant(1.0, name="Const_1"))
    say(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))

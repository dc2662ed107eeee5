"""variable_scope by captured object: path, name scope and reuse mode."""


def _here(tf):
    scope = tf.get_variable_scope()
    return [scope.name, scope.original_name_scope, tf.get_default_graph().get_name_scope(), scope.reuse]


def again(tf, say):
    with tf.variable_scope("foo") as foo:
        v = tf.get_variable("v", [1])
    with tf.variable_scope(foo):
        say(_here(tf), tf.get_variable("w", [1]), tf.constant(1.0, name="c"))
    with tf.variable_scope(foo, reuse=True):
        say(_here(tf), tf.get_variable("v", [1]) is v, tf.constant(1.0, name="c"))
    with tf.variable_scope(foo) as foo2:
        say(foo2 is foo, foo2.name, foo2.reuse, foo.reuse)


def elsewhere(tf, say):
    with tf.variable_scope("a") as a, tf.variable_scope("b") as b:
        say(_here(tf))
    with tf.variable_scope("t"):
        with tf.variable_scope(b):
            say(_here(tf), tf.get_variable("v", [1]), tf.constant(1.0, name="c"))
            with tf.variable_scope("in"):
                say(_here(tf), tf.get_variable("v", [1]))
            with tf.variable_scope(a):
                say(_here(tf))
        with tf.variable_scope(b) as inner:
            say(_here(tf))
        say(_here(tf))
    with tf.variable_scope(inner):
        say(_here(tf))


def the_current_one(tf, say):
    with tf.variable_scope(tf.get_variable_scope()):
        say(_here(tf))
    with tf.variable_scope("a"):
        with tf.variable_scope(tf.get_variable_scope()):
            say(_here(tf), tf.constant(1.0, name="c"))
        with tf.variable_scope(tf.get_variable_scope(), reuse=tf.AUTO_REUSE):
            say(tf.get_variable_scope().name, tf.get_variable("v", [1]), tf.get_variable("v", [1]))


def the_root(tf, say):
    root = tf.get_variable_scope()
    with tf.variable_scope("a"):
        with tf.variable_scope(root):
            say(_here(tf), tf.get_variable("v", [1]), tf.constant(1.0, name="c"))
            with tf.variable_scope("b"):
                say(_here(tf), tf.get_variable("v", [1]), tf.constant(1.0, name="c"))
        say(_here(tf))
    with tf.variable_scope(root, reuse=True):
        say(tf.get_variable("v", [1]))
    say(root.reuse)


def within_a_name_scope(tf, say):
    with tf.variable_scope("a/b") as b:
        pass
    with tf.name_scope("tower"):
        with tf.variable_scope(b):
            say(_here(tf), tf.get_variable("v", [1]), tf.constant(1.0, name="c"))
        with tf.variable_scope(b):
            say(_here(tf))
    with tf.name_scope(""), tf.variable_scope(b):
        say(_here(tf))


def towers(tf, say):
    """The Siamese pattern: one set of variables, a name scope for each tower."""

    def tower(x):
        with tf.variable_scope("net", reuse=tf.AUTO_REUSE):
            w = tf.get_variable("w", [2, 2])
            return tf.matmul(x, w)

    x = tf.placeholder(tf.float32, [1, 2], name="x")
    for i in range(2):
        with tf.name_scope(f"tower_{i}"):
            say(tower(x))
    say(tf.global_variables())


def reuse_comes_with_it(tf, say):
    with tf.variable_scope("a", reuse=tf.AUTO_REUSE) as a:
        tf.get_variable("v", [1])
    with tf.variable_scope("a") as plain:
        pass
    with tf.variable_scope(a):
        say(_here(tf), tf.get_variable("v", [1]))
    with tf.variable_scope("t", reuse=True):
        with tf.variable_scope(plain):
            say(_here(tf), tf.get_variable("new", [1]))
        with tf.variable_scope(plain, reuse=True):
            say(_here(tf), tf.get_variable("v", [1]))
        with tf.variable_scope(a):
            say(_here(tf), tf.get_variable("auto", [1]))
    plain.reuse_variables()
    with tf.variable_scope(plain):
        say(_here(tf), tf.get_variable("v", [1]))
    with tf.variable_scope(plain, reuse=False):
        say(_here(tf))


def reuse_later_counts(tf, say):
    with tf.variable_scope("a") as a:
        tf.get_variable("v", [1])
    a.reuse_variables()
    with tf.variable_scope(a) as again:
        say(again.reuse, tf.get_variable("v", [1]))
    with tf.variable_scope("a") as by_name:
        say(by_name.reuse)


def reuse_inside_does_not_leak(tf, say):
    with tf.variable_scope("a") as a:
        tf.get_variable("v", [1])
    with tf.variable_scope(a) as inside:
        inside.reuse_variables()
        say(inside.reuse, a.reuse)
    with tf.variable_scope(a):
        say(_here(tf))


def arguments_over_the_captured_ones(tf, say):
    with tf.variable_scope("a", dtype=tf.float64, initializer=tf.ones_initializer()) as a:
        pass
    with tf.variable_scope("t", dtype=tf.int32):
        with tf.variable_scope(a):
            say(tf.get_variable("v", [1]).dtype)
        with tf.variable_scope(a, dtype=tf.float16, initializer=tf.zeros_initializer()) as b:
            say(tf.get_variable("w", [1]).dtype, b.initializer is a.initializer)
    say(a.dtype)
    with tf.variable_scope(a) as b:
        say(b.dtype, b.initializer is a.initializer)


def a_default_name_is_ignored(tf, say):
    with tf.variable_scope("a") as a:
        pass
    with tf.variable_scope(a, default_name="d"):
        say(_here(tf))
    with tf.variable_scope("n", "d"):
        say(_here(tf))
    with tf.variable_scope(None, "d"):
        say(_here(tf))


def nested_reentry_of_one_manager(tf, say):
    with tf.variable_scope("a") as a:
        pass
    manager = tf.variable_scope(a)
    with manager as first:
        say(_here(tf))
        with manager as second:
            say(_here(tf), first is second)
        say(_here(tf))
    say(_here(tf))


def manager_of_a_captured_scope_sequentially(tf, say):
    with tf.variable_scope("a") as a:
        tf.get_variable("v", [1])
    manager = tf.variable_scope(a)
    with manager as first:
        first.reuse_variables()
        say(_here(tf))
    with manager as second:
        say(_here(tf), first is second)


def variables_made_through_the_scope_object(tf, say):
    with tf.variable_scope("a") as a:
        tf.get_variable("v", [1])
    with tf.variable_scope("t"), tf.variable_scope(a):
        say(tf.Variable(1.0, name="own"), tf.get_variable("w", [1]))
    say([v.name for v in a.global_variables()])

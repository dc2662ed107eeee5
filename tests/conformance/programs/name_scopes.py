"""name_scope in all its forms."""


def _here(tf):
    return tf.get_default_graph().get_name_scope()


def plain(tf, say):
    say(repr(_here(tf)))
    with tf.name_scope("a") as a:
        say(a, _here(tf), tf.constant(1.0, name="c"))
        with tf.name_scope("b") as b:
            say(b, _here(tf), tf.constant(1.0, name="c"), tf.constant(1.0, name="c"))
        with tf.name_scope("b") as b:
            say(b, _here(tf), tf.constant(1.0, name="c"))
        say(_here(tf))
    say(repr(_here(tf)))


def reentering(tf, say):
    with tf.name_scope("a") as a, tf.name_scope("b") as b:
        pass
    with tf.name_scope("x"):
        with tf.name_scope(a) as again:
            say(again, _here(tf), tf.constant(1.0, name="c"))
            with tf.name_scope("b") as fresh:
                say(fresh)
            with tf.name_scope(b) as again:
                say(again, _here(tf), tf.constant(1.0, name="c"))
        say(_here(tf))
    with tf.name_scope("never/opened/") as scope:
        say(scope, _here(tf), tf.constant(1.0, name="c"))
    with tf.name_scope("never") as scope:
        say(scope)


def root(tf, say):
    with tf.name_scope("a"):
        for name in ("", None):
            with tf.name_scope(name) as scope:
                say(scope, repr(_here(tf)), tf.constant(1.0, name="c"))
                with tf.name_scope("b") as b:
                    say(b)
        with tf.get_default_graph().name_scope(None) as scope:
            say(scope, repr(_here(tf)))
        with tf.get_default_graph().name_scope("") as scope:
            say(scope, repr(_here(tf)))


def three_arguments(tf, say):
    x = tf.constant(1.0, name="x")
    with tf.name_scope("given", "default", [x]) as scope:
        say(scope)
    with tf.name_scope(None, "default", [x]) as scope:
        say(scope)
    with tf.name_scope(None, "default", [x]) as scope:
        say(scope)
    with tf.name_scope("", "default", [x]) as scope:
        say(scope, repr(_here(tf)))
    with tf.name_scope(None, default_name="default") as scope:
        say(scope)
    with tf.name_scope(name=None, default_name="default", values=None) as scope:
        say(scope)
    with tf.name_scope("given", values=[3, "text", None, [x], {"k": x}]) as scope:
        say(scope)
    with tf.name_scope(scope, "default", [x]) as scope:
        say(scope)


def arguments_refused(tf, say):
    say.of("nothing", lambda: tf.name_scope(None, None, [1]).__enter__())
    say.of("values only", lambda: tf.name_scope(None, values=[1]).__enter__())
    say.of("default of values", lambda: tf.name_scope(None, [1]))
    say.of("values number", lambda: tf.name_scope(None, "d", 3).__enter__())
    say.of("None alone", lambda: tf.name_scope(None).__enter__())


def name_property(tf, say):
    say(tf.name_scope("a").name, tf.name_scope(None, "d").name, repr(tf.name_scope("").name))
    with tf.name_scope("x"):
        say(tf.name_scope("a").name)


def values_choose_the_graph(tf, say):
    with tf.Graph().as_default() as other:
        foreign = tf.constant(1.0)
        foreign_variable = tf.Variable(1.0, name="v")
    for value in (foreign, foreign_variable):
        with tf.name_scope("a", "d", [value]) as scope:
            say(scope, tf.get_default_graph() is other, tf.constant(1.0, name="c").graph is other)
    with tf.name_scope(None, "d", [2.0, [foreign]]):
        say(tf.get_default_graph() is other)
    own = tf.constant(1.0)
    say.of("two", tf.name_scope("a", None, [foreign, own]).__enter__)


def of_a_graph_that_is_not_the_default(tf, say):
    other = tf.Graph()
    with other.name_scope("q") as scope:
        say(scope, repr(_here(tf)), other.get_name_scope(), tf.constant(1.0, name="c"))
        with other.as_default():
            say(tf.constant(1.0, name="c"), _here(tf))
            with tf.name_scope("r") as scope:
                say(scope)
    say(repr(other.get_name_scope()))


def each_graph_has_its_own(tf, say):
    with tf.name_scope("a"):
        with tf.Graph().as_default():
            say(repr(_here(tf)), tf.constant(1.0, name="c"))
            with tf.name_scope("b"):
                say(_here(tf))
        say(_here(tf))


def one_manager_many_times(tf, say):
    manager = tf.name_scope("a")
    for _ in range(2):
        with manager as scope:
            say(scope)
    with manager as outer:
        say(outer, _here(tf))
        with manager as inner:
            say(inner, _here(tf))


def exits_out_of_order(tf, say):
    a, b = tf.name_scope("a"), tf.name_scope("b")
    a.__enter__()
    b.__enter__()
    a.__exit__(None, None, None)
    say(repr(_here(tf)))
    b.__exit__(None, None, None)
    say(repr(_here(tf)))


def an_error_inside(tf, say):
    def fail():
        with tf.name_scope("a"), tf.name_scope("b"):
            raise ZeroDivisionError("inside")

    say.of("body", fail)
    say(repr(_here(tf)))


def slashes(tf, say):
    with tf.name_scope("a/b") as scope:
        say(scope, tf.constant(1.0, name="c"))
    with tf.name_scope("a") as scope:
        say(scope)
        with tf.name_scope("b") as inner:
            say(inner, tf.constant(1.0, name="c"))
    with tf.name_scope("a/b") as scope:
        say(scope)


def graph_name_scope(tf, say):
    graph = tf.get_default_graph()
    with graph.name_scope("nested") as scope:
        say(scope, tf.constant(1.0, name="c"))
        with graph.name_scope("inner"):
            say(tf.constant(1.0, name="c"))
        with graph.name_scope("inner"):
            say(tf.constant(1.0, name="c"))
            with graph.name_scope(scope):
                say(tf.constant(1.0, name="d"))
                with graph.name_scope(""):
                    say(tf.constant(1.0, name="e"))


def with_variable_scopes(tf, say):
    with tf.variable_scope("a") as a, tf.name_scope(a.original_name_scope) as scope:
        say(scope, tf.get_variable_scope().name)
    with tf.name_scope(a.name + "/"):
        say(tf.constant(1.0, name="c"), tf.get_variable("v", [1]))

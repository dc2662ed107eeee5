"""Scopes belong to threads, names and variables to graphs."""

import threading


def _in_a_thread(function):
    failures = []

    def run():
        try:
            function()
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


def the_default_graph_is_the_threads(tf, say):
    graph = tf.get_default_graph()
    _in_a_thread(lambda: say(tf.get_default_graph() is graph))

    def enter():
        with graph.as_default():
            say(tf.get_default_graph() is graph, tf.constant(1.0, name="c"))

    _in_a_thread(enter)


def variable_scopes_start_at_the_root(tf, say):
    graph = tf.get_default_graph()

    def look():
        with graph.as_default():
            say(repr(tf.get_variable_scope().name), tf.get_variable_scope().reuse)
            say(tf.get_variable("v", [1]))
            with tf.variable_scope("a"):
                say(tf.get_variable_scope().name, tf.get_default_graph().get_name_scope())

    with tf.variable_scope("a", reuse=tf.AUTO_REUSE):
        _in_a_thread(look)
        say(tf.get_variable_scope().name)
    say(tf.global_variables())


def name_scopes_start_at_the_root(tf, say):
    graph = tf.get_default_graph()

    def look():
        with graph.as_default():
            say(repr(graph.get_name_scope()), tf.constant(1.0, name="c"))
            with tf.name_scope("a") as scope:
                say(scope)

    with tf.name_scope("a"):
        say(tf.constant(1.0, name="c"))
        _in_a_thread(look)
        say(graph.get_name_scope())


def variables_are_shared(tf, say):
    graph = tf.get_default_graph()
    with tf.variable_scope("a"):
        v = tf.get_variable("v", [1])

    def look():
        with graph.as_default():
            with tf.variable_scope("a"):
                say.of("create", tf.get_variable, "v", [1])
            with tf.variable_scope("a", reuse=True):
                say(tf.get_variable("v", [1]) is v)

    _in_a_thread(look)


def a_captured_scope_travels(tf, say):
    graph = tf.get_default_graph()
    with tf.variable_scope("a", reuse=tf.AUTO_REUSE) as a:
        tf.get_variable("v", [1])

    def look():
        with graph.as_default(), tf.variable_scope(a) as again:
            say(again.name, graph.get_name_scope(), tf.get_variable("v", [1]), tf.get_variable("w", [1]))

    with tf.variable_scope("b"):
        _in_a_thread(look)


def default_names_are_counted_per_thread(tf, say):
    graph = tf.get_default_graph()

    def look():
        with graph.as_default(), tf.variable_scope(None, "a") as a:
            say(a.name, a.original_name_scope)

    look()
    look()
    _in_a_thread(look)
    look()


def control_dependencies_and_devices(tf, say):
    graph = tf.get_default_graph()
    c = tf.constant(1.0, name="c")

    def look():
        with graph.as_default():
            d = tf.constant(1.0, name="d")
            say(d.op.control_inputs, repr(d.device))

    with tf.control_dependencies([c]), tf.device("/cpu:0"), tf.device("/gpu:1"):
        _in_a_thread(look)


def collections_are_the_graphs(tf, say):
    graph = tf.get_default_graph()

    def add():
        with graph.as_default():
            tf.add_to_collection("mine", 1)

    _in_a_thread(add)
    say(tf.get_collection("mine"))


def default_sessions(tf, say):
    with tf.Session() as session:
        say(tf.get_default_session() is session)
        _in_a_thread(lambda: say(tf.get_default_session() is None))


def variable_creators(tf, say):
    graph = tf.get_default_graph()

    def creator(next_creator, **kwargs):
        say("creator called for", kwargs["name"])
        return next_creator(**kwargs)

    def look():
        with graph.as_default():
            say(tf.get_variable("w", [1]))

    with tf.variable_creator_scope(creator):
        say(tf.get_variable("v", [1]))
        _in_a_thread(look)


def templates(tf, say):
    graph = tf.get_default_graph()
    template = tf.make_template("t", lambda: tf.get_variable("v", [1]))
    v = template()

    def call():
        with graph.as_default():
            say(template() is v)

    _in_a_thread(call)

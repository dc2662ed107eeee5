"""Sessions: fetching, feeding, and what goes wrong."""


def fetching(tf, say):
    a, b = tf.constant(1.0, name="a"), tf.constant([2, 3], name="b")
    v = tf.Variable(4.0, name="v")
    with tf.Session() as session:
        session.run(v.initializer)
        say(
            session.run(a),
            session.run(b),
            session.run([a, b]),
            session.run((a, [b])),
            session.run({"x": a, "y": [b]}),
        )
        say(session.run(v), session.run(a.op), session.run([a.op, a]), session.run("a:0"), session.run("a"))
        say(session.run([]), session.run({}), session.run(()))
        say(session.run([a, a, a]))
        say.of("number", session.run, 3)
        say.of("None", session.run, None)
        say.of("None inside", session.run, [a, None])
        say.of("unknown name", session.run, "nope:0")
        say.of("unknown op", session.run, "nope")
        say.of("bad name", session.run, "a:b:c")


def namedtuples(tf, say):
    import collections

    pair = collections.namedtuple("pair", "x y")
    a = tf.constant(1.0)
    with tf.Session() as session:
        result = session.run(pair(a, [a]))
        say(type(result).__name__, result.x, result.y)
        ordered = session.run(collections.OrderedDict([("z", a), ("y", a)]))
        say(type(ordered).__name__, list(ordered))


def feeding(tf, say):
    p = tf.placeholder(tf.float32, [2], name="p")
    q = tf.placeholder(tf.float32, name="q")
    c = tf.constant(1.0, name="c")
    with tf.Session() as session:
        say(session.run(p, {p: [1, 2]}), session.run(p * 2.0, {"p:0": [1.0, 2.0]}), session.run(q, {q: 3}))
        say(session.run(c + 1.0, {c: 5.0}), session.run(q + 1.0, feed_dict={q: [[1.0]]}))
        say.of("shape", session.run, p, {p: [1.0, 2.0, 3.0]})
        say.of("rank", session.run, p, {p: 1.0})
        say.of("text", session.run, p, {p: "x"})
        say.of("tensor", session.run, p, {p: tf.constant([1.0, 2.0])})
        say.of("unknown key", session.run, c, {"nope:0": 1.0})
        say.of("number as key", session.run, c, {3: 1.0})
        say.of("op as key", session.run, c, {p.op: 1.0})
        say.of("list as feeds", session.run, c, [1.0])


def feeding_types(tf, say):
    small = tf.placeholder(tf.uint8, name="small")
    whole = tf.placeholder(tf.int32, name="whole")
    truth = tf.placeholder(tf.bool, name="truth")
    text = tf.placeholder(tf.string, name="text")
    with tf.Session() as session:
        say.of("300", session.run, small, {small: 300})
        say.of("1.5", session.run, whole, {whole: 1.5})
        say(session.run(truth, {truth: True}), session.run(tf.identity(text), {text: "x"}))
        say(session.run(tf.identity(text), {text: ["a", "b"]}).tolist())
        say(session.run(whole + 1, {whole: 2**31 - 2}))


def feeding_variables(tf, say):
    v = tf.Variable(1.0, name="v")
    y = v + 1.0
    with tf.Session() as session:
        session.run(v.initializer)
        say(session.run(y, {v: 5.0}), session.run(y, {v.value(): 6.0}), session.run(y))


def unfed(tf, say):
    p = tf.placeholder(tf.float32, [None, 2], name="p")
    q = tf.placeholder(tf.int32, name="q")
    with tf.name_scope("n"):
        r = tf.placeholder(tf.float32, [], name="r")
    with tf.Session() as session:
        for t in (p, q, r, p + 1.0, tf.identity(q)):
            say.of(t.name, session.run, t)
        d = tf.placeholder_with_default(7.0, [], name="d")
        say(session.run(d), session.run(d, {d: 8.0}))


def of_another_graph(tf, say):
    with tf.Graph().as_default():
        foreign = tf.constant(1.0, name="f")
    own = tf.constant(1.0, name="own")
    with tf.Session() as session:
        say.of("fetch", session.run, foreign)
        say.of("feed", session.run, own, {foreign: 1.0})


def empty_graph(tf, say):
    with tf.Session() as session:
        say.of("run", session.run, [])
        say.of("run", session.run, 3)


def closing(tf, say):
    c = tf.constant(1.0)
    session = tf.Session()
    say(session.run(c))
    session.close()
    session.close()
    say.of("closed", session.run, c)


def default_sessions(tf, say):
    c = tf.constant(1.0)
    say(tf.get_default_session())
    with tf.Session() as session:
        say(tf.get_default_session() is session, c.eval())
        other = tf.Session()
        with other.as_default():
            say(tf.get_default_session() is other)
        say(tf.get_default_session() is session)
        say(other.run(c))
    say(tf.get_default_session())


def sessions_make_their_graph_the_default(tf, say):
    graph = tf.Graph()
    with tf.Session(graph=graph) as session:
        say(tf.get_default_graph() is graph, session.graph is graph)
        with session.as_default():
            say(tf.get_default_graph() is graph)
    session = tf.Session(graph=graph)
    with session.as_default():
        say(tf.get_default_graph() is graph, tf.get_default_session() is session)
    session.close()


def interactive(tf, say):
    c = tf.constant(1.0)
    session = tf.InteractiveSession()
    say(c.eval(), tf.get_default_session() is session)
    session.close()
    say(tf.get_default_session())


def arguments(tf, say):
    say.of("graph", tf.Session, graph=3)
    say.of("target", tf.Session, target=3)
    say.of("config", tf.Session, config=3)
    with tf.Session("", tf.get_default_graph(), tf.ConfigProto()) as session:
        say(session.graph is tf.get_default_graph())


def callables(tf, say):
    p = tf.placeholder(tf.float32, [], name="p")
    with tf.Session() as session:
        double = session.make_callable(p * 2.0, [p])
        say(double(3.0), double(4.0))
        say(session.make_callable([p + 1.0, {"x": p}], [p])(1.0))


def eval_of_tensors(tf, say):
    p = tf.placeholder(tf.float32, [], name="p")
    y = p * 2.0
    say.of("no session", y.eval, {p: 1.0})
    with tf.Session() as session:
        say(y.eval({p: 1.0}), y.eval(feed_dict={p: 2.0}, session=session))
        with tf.Graph().as_default():
            say.of("of another graph", tf.constant(1.0).eval)


def the_graph_grows(tf, say):
    a = tf.constant(1.0)
    with tf.Session() as session:
        say(session.run(a))
        b = a + 1.0
        say(session.run(b), session.run(b + 1.0))


def results(tf, say):
    with tf.Session() as session:
        for t in (
            tf.constant(1.0),
            tf.constant(1),
            tf.constant(True),
            tf.constant("x"),
            tf.constant([1.0]),
            tf.constant([], tf.float32),
            tf.constant([[1, 2]], tf.int64),
            tf.constant(["a", "bc"]),
            tf.constant(1j),
        ):
            r = session.run(t)
            say(type(r).__name__, r, getattr(r, "shape", None))


def waiting_for_a_variable_without_a_value(tf, say):
    """A control dependency on a read of an uninitialized variable fails; one on the variable does not."""
    v = tf.Variable([1.0], name="v")

    def after(name, *awaited):
        with tf.control_dependencies(awaited):
            return tf.constant(2.0, name=name)

    reads = v.value(), v.read_value(), tf.identity(v, name="same"), v.read_value() + 1.0
    waiting = [after("of_v", v), after("of_op", v.op), *(after("of_read", read) for read in reads)]
    waiting += [tf.group(v.value(), name="group"), v.value().op, tf.shape(v), tf.size(v.value())]
    with tf.control_dependencies([v.initializer]):
        initialized = v.read_value()
    waiting.append(after("of_initialized", initialized))
    more = waiting[2] + waiting[0]
    with tf.Session() as session:
        for each in (*waiting[:-1], more, [waiting[0], v.value().op]):
            say.of("before", session.run, each)
            say.of("again", session.run, each)
        say.of("initialized by the way", session.run, waiting[-1])
        for each in (*waiting, more):
            say.of("after", session.run, each)


def uninitialized(tf, say):
    with tf.variable_scope("a"):
        v = tf.get_variable("v", [2])
    with tf.Session() as session:
        for t in (v, v.value(), v + 1.0, v.assign_add([1.0, 1.0])):
            say.of(t.name, session.run, t)

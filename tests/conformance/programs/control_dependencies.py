"""control_dependencies: which ops wait, and for what."""


def _waits(tensor):
    return [op.name for op in tensor.op.control_inputs]


def nesting(tf, say):
    a, b = tf.constant(1.0, name="a"), tf.constant(1.0, name="b")
    with tf.control_dependencies([a]):
        say(_waits(tf.constant(1.0)))
        with tf.control_dependencies([b]):
            say(_waits(tf.constant(1.0)))
        with tf.control_dependencies([b, a]):
            say(_waits(tf.constant(1.0)))
        say(_waits(tf.constant(1.0)))
    say(_waits(tf.constant(1.0)))


def pruning(tf, say):
    a, b = tf.constant(1.0, name="a"), tf.constant(1.0, name="b")
    with tf.control_dependencies([a]):
        say(_waits(tf.identity(a)), _waits(tf.identity(b)), _waits(tf.add(a, b)))
        c = tf.identity(b, name="c")
        say(_waits(tf.identity(c)), _waits(tf.add(c, b)))
        with tf.control_dependencies([b]):
            say(_waits(tf.identity(c)), _waits(tf.identity(a)), _waits(tf.identity(b)))
            d = tf.constant(1.0, name="d")
            say(_waits(d), _waits(tf.identity(d)), _waits(c + d))
        say(_waits(tf.identity(d)), _waits(tf.identity(tf.identity(d))))


def clearing(tf, say):
    a, b = tf.constant(1.0, name="a"), tf.constant(1.0, name="b")
    with tf.control_dependencies([a]):
        with tf.control_dependencies(None):
            say(_waits(tf.constant(1.0)))
            with tf.control_dependencies([b]):
                say(_waits(tf.constant(1.0)))
        with tf.control_dependencies([]):
            say(_waits(tf.constant(1.0)))
        say(_waits(tf.constant(1.0)))


def clearing_leaves_name_scopes(tf, say):
    a = tf.constant(1.0, name="a")
    with tf.name_scope("n"), tf.control_dependencies([a]), tf.control_dependencies(None):
        say(tf.constant(1.0, name="c"), tf.get_default_graph().get_name_scope())


def what_may_be_given(tf, say):
    a, v = tf.constant(1.0, name="a"), tf.Variable(1.0, name="v")
    for given in ([a], [a.op], [v], [v.initializer], [a, a.op, a], (a,), [v.value(), v], {a: 1}):
        with tf.control_dependencies(given):
            say(_waits(tf.constant(1.0)))
    with tf.control_dependencies(["a", "a:0"]):
        say(_waits(tf.constant(1.0)))
    say.of("number", tf.control_dependencies, [3])
    say.of("name unknown", tf.control_dependencies, ["nonesuch"])
    say.of("not a list", tf.control_dependencies, 3)
    say.of("None inside", tf.control_dependencies, [None])
    with tf.Graph().as_default():
        say.of("another graph's", tf.control_dependencies, [a])


def with_scopes(tf, say):
    a = tf.constant(1.0, name="a")
    with tf.control_dependencies([a]), tf.variable_scope("s"), tf.name_scope("n"):
        say(_waits(tf.constant(1.0, name="c")))
        with tf.variable_scope("t"):
            say(_waits(tf.constant(1.0, name="c")))


def variables_do_not_wait(tf, say):
    a = tf.constant(1.0, name="a")
    with tf.control_dependencies([a]):
        v = tf.get_variable("v", [1])
        w = tf.Variable(1.0, name="w")
        x = tf.get_variable("x", initializer=3.0)
    for made in (v, w, x):
        say(
            made.op.control_inputs,
            made.initializer.control_inputs,
            _waits(made.value()),
            _waits(made.initial_value),
        )


def reads_and_writes_wait(tf, say):
    a, v = tf.constant(1.0, name="a"), tf.Variable(1.0, name="v")
    with tf.control_dependencies([a]):
        say(_waits(v.read_value()), _waits(v.assign(2.0)), _waits(v.assign_add(2.0)), _waits(tf.identity(v)))
        say(_waits(v + 1.0), _waits(v.value()))


def constants_of_ops_wait_too(tf, say):
    a, x = tf.constant(1.0, name="a"), tf.placeholder(tf.float32, name="x")
    start = len(tf.get_default_graph().get_operations())
    with tf.control_dependencies([a]):
        y = x + 1.0
        z = tf.reduce_sum(x)
        say(y, z)
    say.ops(start)


def of_another_graph_as_a_method(tf, say):
    graph = tf.Graph()
    with graph.as_default():
        a = tf.constant(1.0, name="a")
    with graph.control_dependencies([a]):
        say(_waits(tf.constant(1.0)))
        with graph.as_default():
            say(_waits(tf.constant(1.0)))


def groups_and_no_ops(tf, say):
    a = tf.constant(1.0, name="a")
    with tf.control_dependencies([a]):
        say(tf.no_op().control_inputs, tf.group(a).control_inputs, tf.group().control_inputs)
        say(tf.placeholder(tf.float32).op.control_inputs)


def order_of_inputs(tf, say):
    made = [tf.constant(1.0, name=name) for name in "cab"]
    with tf.control_dependencies(made):
        say(_waits(tf.constant(1.0)))
    with tf.control_dependencies(made[:1]), tf.control_dependencies(made[1:]):
        say(_waits(tf.constant(1.0)))


def running(tf, say):
    v = tf.Variable(1.0, name="v")
    with tf.control_dependencies([v.assign(5.0)]):
        after = tf.identity(v.read_value())
        unaffected = v.value()
        group = tf.group(tf.constant(1.0))
    with tf.Session() as session:
        session.run(v.initializer)
        say(session.run(after))
        session.run(v.initializer)
        say(session.run(unaffected))
        session.run(group)
        say(session.run(v))


def exceptions_inside(tf, say):
    a = tf.constant(1.0, name="a")

    def fail():
        with tf.control_dependencies([a]):
            raise ZeroDivisionError("inside")

    say.of("body", fail)
    say(_waits(tf.constant(1.0)))


def one_manager_twice(tf, say):
    manager = tf.control_dependencies([tf.constant(1.0, name="a")])
    for _ in range(2):
        with manager:
            say(_waits(tf.constant(1.0)))


def adding_by_hand(tf, say):
    a, b = tf.constant(1.0, name="a"), tf.constant(1.0, name="b")
    b.op._add_control_input(a.op)
    say(_waits(b))


def with_with_dependencies(tf, say):
    a, b = tf.constant(1.0, name="a"), tf.constant(2.0, name="b")
    pair = tf.tuple([a, b], control_inputs=[a])
    say(pair, [_waits(t) for t in pair])


def groups_on_several_devices(tf, say):
    """The group has one node per device, and depends on all of them."""
    with tf.device("/gpu:1"):
        x = tf.constant(1.0, name="x")
        v = tf.Variable(1.0, name="v")
    with tf.device("/cpu:0"):
        y = tf.constant(1.0, name="y")
    z = tf.constant(1.0, name="z")
    start = len(tf.get_default_graph().get_operations())
    with tf.name_scope("s"):
        for name, inputs in (("one", [x, v]), ("two", [y, x, v]), ("all", [y, [x], z, z.op]), (None, [z])):
            say(tf.group(*inputs, name=name))
    with tf.device("/job:w"):
        say(tf.group(x, v, name="merged"), tf.group(x, y, name="not_merged"))
    with tf.colocate_with(y):
        say(tf.group(x, v, name="beside"), tf.group(x, z, name="beside_two"))
    say.ops(start)
    for op in tf.get_default_graph().get_operations()[start:]:
        say(op.name, op.colocation_groups())


def tuples_of_variables(tf, say):
    """The gate depends on the variable itself; each output is colocated with its input."""
    with tf.device("/gpu:1"):
        v = tf.Variable(1.0, name="v")
    x = tf.constant(1.0, name="x")
    with tf.device("/cpu:0"):
        say(
            tf.tuple([v, x, None, v.value(), v.initializer]),
            tf.tuple([x], name="n", control_inputs=[v.op, v.value()]),
        )
    say.ops()
    for op in tf.get_default_graph().get_operations():
        say(op.name, op.colocation_groups())

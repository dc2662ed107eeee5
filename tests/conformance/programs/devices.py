"""device, colocate_with and container: what is recorded."""

import contextlib
import functools


def strings(tf, say):
    for device in (
        "/cpu:0 /CPU:0 /gpu:1 /device:GPU:2 /device:CPU:* /job:ps /job:ps/task:1 "
        "/job:ps/replica:2/task:1/cpu:0 /replica:3 cpu:0 /task:5 /job:a/cpu:0/task:3 /device:XLA_GPU:0"
    ).split():
        with tf.device(device):
            say(device, repr(tf.constant(1.0).device))
    with tf.device(""):
        say(repr(tf.constant(1.0).device))
    with tf.device(None):
        say(repr(tf.constant(1.0).device))


def nesting(tf, say):
    with tf.device("/job:w/device:CPU:1"):
        for device in ("/gpu:1", "/job:ps", "/job:ps/task:3", "/task:2", "/replica:1", "", None, "/cpu:0"):
            with tf.device(device):
                say(repr(device), repr(tf.constant(1.0).device))
                with tf.device("/job:x"):
                    say("  ", repr(tf.constant(1.0).device))
        say(repr(tf.constant(1.0).device))
    say(repr(tf.constant(1.0).device))


def functions(tf, say):
    def by_type(op):
        return "/gpu:3" if op.type == "Const" else "/cpu:1"

    with tf.device(by_type):
        c = tf.constant(1.0)
        say(c.device, tf.identity(c).device)
        with tf.device("/job:w"):
            say(tf.constant(1.0).device)
        with tf.device("/cpu:5"):
            say(tf.constant(1.0).device)
    with tf.device("/job:w"), tf.device(by_type):
        say(tf.constant(1.0).device)
    with tf.device(lambda op: ""):
        say(repr(tf.constant(1.0).device))


def functions_hear_the_operation(tf, say):
    def heard(op):
        say(op.name, op.type, [t.name for t in op.inputs])
        return "/cpu:0"

    with tf.name_scope("n"), tf.device(heard):
        tf.constant(1.0, name="a") + 1.0


def refused(tf, say):
    def enter(device):
        with tf.device(device):
            return tf.constant(1.0).device

    for device in ("bogus", "/bogus:0", "/cpu:x", "/job", "//", "/cpu:0/gpu:0", "/task:x"):
        say.of(repr(device), enter, device)


def of_variables(tf, say):
    with tf.device("/cpu:0"):
        v = tf.get_variable("v", [2], initializer=tf.zeros_initializer())
        w = tf.Variable(1.0, name="w")
    for op in (
        v.op,
        v.initializer,
        v.value().op,
        v.initial_value.op,
        w.op,
        w.initializer,
        w.initial_value.op,
    ):
        say(op.name, repr(op.device))
    with tf.device("/gpu:0"):
        say(repr(v.assign([1.0, 1.0]).device), repr((v + 1.0).device), repr(tf.get_variable("x", [1]).device))


def tensors_and_operations(tf, say):
    with tf.device("/gpu:0"):
        c = tf.constant(1.0, name="c")
    say(c.device, c.op.device, str(c), repr(c))


def setting_by_hand(tf, say):
    c = tf.constant(1.0, name="c")
    c.op._set_device("/cpu:0")
    say(c.device)


def colocation(tf, say):
    a = tf.constant(1.0, name="a")
    with tf.device("/gpu:0"):
        b = tf.constant(1.0, name="b")
    for op in (a, b, a.op, b.op):
        with tf.colocate_with(op):
            c = tf.constant(1.0)
            say(repr(c.device), c.op.colocation_groups())
    with tf.colocate_with(b):
        with tf.colocate_with(a):
            c = tf.constant(1.0)
            say(repr(c.device), c.op.colocation_groups())
        with tf.colocate_with(a, ignore_existing=True):
            c = tf.constant(1.0)
            say(repr(c.device), c.op.colocation_groups())
        with tf.colocate_with(None, ignore_existing=True):
            c = tf.constant(1.0, name="own")
            say(repr(c.device), c.op.colocation_groups())
        with tf.device("/cpu:0"):
            c = tf.constant(1.0)
            say(repr(c.device), c.op.colocation_groups())
    say.of("None", tf.colocate_with(None).__enter__)


def colocation_with_variables(tf, say):
    with tf.device("/gpu:0"):
        v = tf.Variable(1.0, name="v")
    with tf.colocate_with(v):
        c = tf.constant(1.0)
        say(repr(c.device), c.op.colocation_groups())
    for op in (v.op, v.initializer, v.value().op, v.initial_value.op, v.assign(1.0).op, v.read_value().op):
        say(op.name, op.colocation_groups(), op.device)


def variables_made_beside_an_operation(tf, say):
    def made(name, *blocks):
        with contextlib.ExitStack() as stack:
            for block in blocks:
                stack.enter_context(block)
            v, w = tf.Variable(1.0, name=name), tf.get_variable(name + "_got", [2])
        for op in (v.op, v.initial_value.op, v.value().op, w.op, w.initial_value.op, w.initializer):
            say(op.name, repr(op.device), op.colocation_groups())

    nowhere = tf.constant(1.0, name="a")
    with tf.device("/gpu:7"):
        placed = tf.constant(1.0, name="b")
    one, two = (functools.partial(tf.device, device) for device in ("/gpu:1", "/gpu:2"))
    made("placed", one(), tf.colocate_with(placed))
    made("outside", one(), tf.colocate_with(nowhere))
    made("inside", one(), tf.colocate_with(nowhere), two())
    made("forgotten", one(), tf.colocate_with(nowhere), tf.device(None))
    made("reset", one(), tf.colocate_with(None, ignore_existing=True))
    made("nested", tf.device("/job:w"), one(), tf.colocate_with(nowhere), tf.colocate_with(nowhere))
    made("function", one(), tf.device(lambda op: "/cpu:" + str(len(op.type))), tf.colocate_with(nowhere))
    default = tf.get_default_graph().as_default
    made("default", one(), tf.colocate_with(nowhere), default())
    made("default2", one(), tf.colocate_with(nowhere), two(), default(), tf.colocate_with(placed))
    made("default3", one(), tf.colocate_with(nowhere), two(), default(), tf.colocate_with(nowhere))
    made("scope", one(), tf.colocate_with(nowhere), tf.variable_scope("in"))
    made("scope2", one(), tf.variable_scope("in"), tf.colocate_with(nowhere))
    made("deep", one(), tf.colocate_with(nowhere), two(), tf.variable_scope("n"), tf.colocate_with(nowhere))
    made("names", one(), tf.colocate_with(nowhere), tf.name_scope("in", values=[placed]))
    made("session", one(), tf.colocate_with(nowhere), tf.Session())
    made("after")


def soft_placement(tf, say):
    """A run that allows soft placement ignores a recorded device that does not exist."""
    with tf.device("/gpu:7"):
        c = tf.constant(2.0) * 3.0
    with tf.Session(config=tf.ConfigProto(allow_soft_placement=True)) as session:
        say(session.run(c))


def containers(tf, say):
    graph = tf.get_default_graph()
    with graph.container("one"):
        say(tf.Variable(1.0).op.get_attr("container"), tf.get_variable("v", [1]).op.get_attr("container"))
        with tf.container("two"):
            say(tf.Variable(1.0).op.get_attr("container"))
        with graph.container(""):
            say(tf.Variable(1.0).op.get_attr("container"))
        say(tf.Variable(1.0).op.get_attr("container"))
    say(tf.Variable(1.0).op.get_attr("container"), tf.Variable(1.0).op.get_attr("shared_name"))


def of_another_graph_as_a_method(tf, say):
    graph = tf.Graph()
    with graph.device("/cpu:0"):
        say(repr(tf.constant(1.0).device))
        with graph.as_default():
            say(repr(tf.constant(1.0).device))


def an_error_inside(tf, say):
    def fail():
        with tf.device("/cpu:0"):
            raise ZeroDivisionError("inside")

    say.of("body", fail)
    say(repr(tf.constant(1.0).device))

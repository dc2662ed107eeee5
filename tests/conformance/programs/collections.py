"""Collections: keys, lists, filters, and what is added automatically."""


def adding(tf, say):
    tf.add_to_collection("mine", 1)
    tf.add_to_collection("mine", "two")
    tf.add_to_collections(["mine", "yours"], 3)
    tf.add_to_collections("text", 4)
    tf.add_to_collections(["mine", "mine"], 5)
    tf.add_to_collections([], 6)
    tf.add_to_collections(("yours", "theirs"), 7)
    say(
        tf.get_collection("mine"),
        tf.get_collection("yours"),
        tf.get_collection("theirs"),
        tf.get_collection("text"),
    )
    say(tf.get_collection("nonesuch"), sorted(tf.get_default_graph().get_all_collection_keys()))


def copies_and_references(tf, say):
    tf.add_to_collection("mine", 1)
    copy = tf.get_collection("mine")
    copy.append(2)
    say(tf.get_collection("mine"))
    reference = tf.get_collection_ref("mine")
    reference.append(3)
    say(tf.get_collection("mine"), tf.get_collection_ref("mine") is reference)
    fresh = tf.get_collection_ref("fresh")
    say(tf.get_default_graph().get_all_collection_keys())
    fresh.append(1)
    say(tf.get_collection("fresh"))


def clearing(tf, say):
    graph = tf.get_default_graph()
    tf.add_to_collection("mine", 1)
    reference = tf.get_collection_ref("mine")
    graph.clear_collection("mine")
    graph.clear_collection("nonesuch")
    say(tf.get_collection("mine"), reference, graph.get_all_collection_keys())


def keys_that_are_no_strings(tf, say):
    graph = tf.get_default_graph()
    graph.add_to_collection(("a", 1), "x")
    graph.add_to_collection(3, "y")
    say(graph.get_collection(("a", 1)), graph.get_collection(3), graph.get_all_collection_keys())
    say.of("unhashable", graph.add_to_collection, ["a"], 1)


def graph_methods(tf, say):
    graph = tf.get_default_graph()
    graph.add_to_collection("mine", 1)
    graph.add_to_collections(("mine", "yours"), 2)
    say(graph.get_collection("mine"), graph.get_collection("yours"), graph.get_collection_ref("yours"))
    say(graph.get_name_scope(), graph.collections)


def filters(tf, say):
    with tf.variable_scope("a"):
        tf.get_variable("v", [1])
        with tf.variable_scope("b"):
            tf.get_variable("v", [1])
    with tf.variable_scope("ab"):
        tf.get_variable("v", [1])
    with tf.variable_scope("c"), tf.variable_scope("a"):
        tf.get_variable("v", [1])
    tf.get_variable("A", [1])
    for scope in (None, "", "a", "a/", "a/v", ".*v", "b", "c/a", "A", "^a", "a/b|c", "[ab]", "a/v:0", "x"):
        say(repr(scope), tf.global_variables(scope), len(tf.trainable_variables(scope)))
    say(tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, "a/"))
    say.of("bad pattern", tf.global_variables, "(")


def filters_skip_what_has_no_name(tf, say):
    tf.add_to_collection("mine", 1)
    tf.add_to_collection("mine", tf.constant(1.0, name="a/c"))
    tf.add_to_collection("mine", tf.constant(1.0, name="b/c").op)
    say(tf.get_collection("mine", "a"), tf.get_collection("mine", "b"), tf.get_collection("mine", ""))


def variable_lists(tf, say):
    tf.get_variable("g", [1])
    tf.get_variable("frozen", [1], trainable=False)
    tf.get_local_variable("l", [1])
    tf.get_variable("m", [1], collections=[tf.GraphKeys.MODEL_VARIABLES, tf.GraphKeys.GLOBAL_VARIABLES])
    tf.get_variable("a", [1], collections=[tf.GraphKeys.MOVING_AVERAGE_VARIABLES])
    for name in "global local trainable model moving_average".split():
        say(name, getattr(tf, name + "_variables")(), getattr(tf, name + "_variables")("l"))
    say(tf.all_variables(), tf.GraphKeys.VARIABLES == tf.GraphKeys.GLOBAL_VARIABLES)


def graph_keys(tf, say):
    for name in sorted(n for n in dir(tf.GraphKeys) if n.isupper() and not n.startswith("_")):
        say(name, getattr(tf.GraphKeys, name))


def order_is_that_of_creation(tf, say):
    for name in "z b a".split():
        tf.get_variable(name, [1])
    tf.Variable(1.0, name="y")
    say(tf.global_variables())


def each_graph_its_own(tf, say):
    tf.add_to_collection("mine", 1)
    with tf.Graph().as_default() as other:
        say(tf.get_collection("mine"))
        tf.add_to_collection("mine", 2)
    say(tf.get_collection("mine"), other.get_collection("mine"))


def reporting_uninitialized(tf, say):
    a, b = tf.Variable(1.0, name="a"), tf.get_variable("b", [2])
    local = tf.get_local_variable("l", [1])
    report = tf.report_uninitialized_variables()
    some = tf.report_uninitialized_variables([a], name="some")
    say(report.dtype, report.get_shape(), some.op.name.split("/")[0])
    with tf.Session() as session:
        say(session.run(report).tolist(), session.run(some).tolist())
        session.run(a.initializer)
        say(session.run(report).tolist(), session.run(some).tolist())
        session.run([b.initializer, local.initializer])
        say(session.run(report).tolist())


def reporting_with_no_variables(tf, say):
    report = tf.report_uninitialized_variables()
    with tf.Session() as session:
        say(session.run(report).tolist())


def asking_for_initialization(tf, say):
    a = tf.Variable(1.0, name="a")
    asked = tf.is_variable_initialized(a)
    say(asked, asked.dtype, asked.op.type)
    with tf.Session() as session:
        say(session.run(asked))
        session.run(a.initializer)
        say(session.run(asked))


def asserting_initialization(tf, say):
    a = tf.Variable(1.0, name="a")
    everything = tf.assert_variables_initialized()
    only = tf.assert_variables_initialized([a])
    with tf.Session() as session:
        say.of("before", session.run, everything)
        session.run(a.initializer)
        say.of("after", lambda: session.run([everything, only]) and "fine")
    with tf.Graph().as_default():
        say.of("nothing", tf.assert_variables_initialized)


def initializing_lists(tf, say):
    tf.get_variable("g", [1])
    tf.get_local_variable("l", [1])
    say(tf.global_variables_initializer().control_inputs, tf.local_variables_initializer().control_inputs)
    say(tf.initialize_all_variables().name, tf.initialize_local_variables().name)
    say(tf.initialize_variables(tf.global_variables(), name="mine").name)
    with tf.Graph().as_default():
        say(tf.global_variables_initializer(), tf.local_variables_initializer(), tf.variables_initializer([]))


def variables_put_in_by_hand(tf, say):
    v = tf.Variable(1.0, name="v")
    tf.add_to_collection("mine", v)
    tf.add_to_collection(tf.GraphKeys.LOSSES, tf.constant(1.0, name="loss"))
    say(
        tf.get_collection("mine")[0] is v,
        tf.losses.get_losses(),
        tf.losses.get_losses("l"),
        tf.losses.get_losses("x"),
    )


def global_step(tf, say):
    say(tf.train.get_global_step())
    step = tf.train.get_or_create_global_step()
    say(step, step.dtype, step.trainable, tf.train.get_or_create_global_step() is step)
    say(tf.get_collection(tf.GraphKeys.GLOBAL_STEP), tf.global_variables(), tf.trainable_variables())

"""Seeds: how get_seed combines the graph's and the op's, and when values repeat."""


def pairs(tf, say):
    for graph_seed in (None, 0, 7, -3, 2**31, 2**31 - 1):
        for op_seed in (None, 0, 5, -4, 2**31):
            with tf.Graph().as_default():
                if graph_seed is not None:
                    tf.set_random_seed(graph_seed)
                say(graph_seed, op_seed, tf.get_seed(op_seed))


def op_seeds_count_operations(tf, say):
    tf.set_random_seed(7)
    say(tf.get_seed(None))
    tf.constant(1.0)
    say(tf.get_seed(None))
    tf.get_variable("v", [1])
    say(tf.get_seed(None), tf.get_seed(None))


def attributes_of_ops(tf, say):
    tf.set_random_seed(3)
    made = [
        tf.random_normal([2]),
        tf.random_uniform([2], 0.0, 2.0, seed=5),
        tf.truncated_normal([2]),
        tf.random_normal([2]),
    ]
    for t in made:
        op = next(
            op
            for op in tf.get_default_graph().get_operations()
            if op.name.startswith(t.op.name + "/") and op.type.lower().startswith(("random", "truncated"))
        )
        say(op.name, op.get_attr("seed"), op.get_attr("seed2"))


def attributes_of_initializers(tf, say):
    tf.set_random_seed(3)
    tf.get_variable("a", [2])
    tf.get_variable("b", [2], initializer=tf.random_normal_initializer(seed=9))
    for op in tf.get_default_graph().get_operations():
        if op.type.startswith("Random"):
            say(op.name, op.get_attr("seed"), op.get_attr("seed2"))


def repeating(tf, say):
    def values(graph_seed, op_seed):
        with tf.Graph().as_default():
            if graph_seed is not None:
                tf.set_random_seed(graph_seed)
            r = tf.random_normal([3], seed=op_seed)
            with tf.Session() as session:
                return session.run(r).tolist(), session.run(r).tolist()

    for pair in ((1, None), (None, 1), (1, 1), (2, 1)):
        first, second = values(*pair)
        again = values(*pair)
        say(pair, first == second, (first, second) == again)
    say(values(1, None) == values(2, None), values(None, 1) == values(None, 2), values(1, 2) == values(2, 1))


def sessions_start_again(tf, say):
    tf.set_random_seed(5)
    r, s = tf.random_uniform([2]), tf.random_uniform([2])
    with tf.Session() as a, tf.Session() as b:
        first = a.run(r).tolist()
        say(first == b.run(r).tolist(), first == a.run(r).tolist(), first == a.run(s).tolist())


def seed_property(tf, say):
    graph = tf.get_default_graph()
    say(graph.seed)
    tf.set_random_seed(4)
    say(graph.seed)
    with tf.Graph().as_default() as other:
        say(other.seed)
        tf.random.set_random_seed(9)
        say(other.seed)
    say(graph.seed, tf.random.get_seed(None) == tf.get_seed(None))

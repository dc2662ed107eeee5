"""Names of scopes, ops and variables that are unusual, and those that are refused."""

ODD = ["", "a/", "a//", "a//b", "/", "/a", " ", "a b", "a:b", "ä", ".", ".a", "_a", "-a", "a-b", "1"]
ODD += ["a.b", "\\a", ">a", "a>", "_", "a/_b", "a\tb", "^a"]


def _variable_scope(tf, name):
    with tf.variable_scope(name) as scope:
        names = scope.name, scope.original_name_scope, tf.get_default_graph().get_name_scope()
        return *names, tf.constant(1.0, name="c").name


def _name_scope(tf, name):
    with tf.name_scope(name) as scope:
        return scope, tf.get_default_graph().get_name_scope(), tf.constant(1.0, name="c").name


def variable_scopes_at_the_root(tf, say):
    for name in ODD:
        with tf.Graph().as_default():
            say.of(repr(name), _variable_scope, tf, name)


def variable_scopes_inside(tf, say):
    for name in ODD:
        with tf.Graph().as_default(), tf.variable_scope("o"):
            say.of(repr(name), _variable_scope, tf, name)


def name_scopes_at_the_root(tf, say):
    for name in ODD:
        with tf.Graph().as_default():
            say.of(repr(name), _name_scope, tf, name)


def name_scopes_inside(tf, say):
    for name in ODD:
        with tf.Graph().as_default(), tf.name_scope("o"):
            say.of(repr(name), _name_scope, tf, name)


def constants_at_the_root(tf, say):
    for name in ODD:
        with tf.Graph().as_default():
            say.of(repr(name), lambda name=name: [tf.constant(1.0, name=name) for _ in range(2)])


def constants_inside(tf, say):
    for name in ODD:
        with tf.Graph().as_default(), tf.name_scope("o"):
            say.of(repr(name), lambda name=name: [tf.constant(1.0, name=name) for _ in range(2)])


def identities(tf, say):
    for name in ODD:
        with tf.Graph().as_default(), tf.name_scope("o"):
            x = tf.placeholder(tf.float32, name="x")
            say.of(repr(name), lambda name=name, x=x: [tf.identity(x, name=name) for _ in range(2)])


def negatives_at_the_root(tf, say):
    for name in ODD:
        with tf.Graph().as_default():
            x = tf.placeholder(tf.float32, name="x")
            say.of(repr(name), lambda name=name, x=x: [tf.negative(x, name=name) for _ in range(2)])


def variables(tf, say):
    for name in ODD:
        with tf.Graph().as_default():
            say.of(repr(name), lambda name=name: tf.get_variable(name, [1]))
        with tf.Graph().as_default(), tf.variable_scope("o"):
            say.of(f"in o {name!r}", lambda name=name: tf.get_variable(name, [1]))


def variables_of_tf_variable(tf, say):
    for name in ODD:
        with tf.Graph().as_default():
            say.of(repr(name), lambda name=name: tf.Variable(1.0, name=name))
        with tf.Graph().as_default(), tf.name_scope("o"):
            say.of(f"in o {name!r}", lambda name=name: tf.Variable(1.0, name=name))


def _named(tf, name):
    """How ops treat a value that is not a name."""
    x, y = (tf.placeholder(tf.float32, [2], name=letter) for letter in "xy")
    z = tf.complex(x, y, name="z")
    m = tf.placeholder(tf.float32, [2, 2], name="m")
    image = tf.placeholder(tf.float32, [1, 4, 4, 1], name="image")
    taps = tf.ones([2, 2, 1, 1], name="taps")
    for op in (
        "add subtract multiply divide truediv realdiv floordiv div div_no_nan pow maximum squared_difference "
        "complex less"
    ).split():
        yield op, lambda op=op: getattr(tf, op)(x, y, name=name)
    for op in "abs negative sigmoid exp cumsum identity".split():
        yield op, lambda op=op: getattr(tf, op)(x, name=name)
    for op in "abs real imag angle conj".split():
        yield op + " of complex", lambda op=op: getattr(tf, op)(z, name=name)
    yield "relu", lambda: tf.nn.relu(x, name=name)
    yield "relu6", lambda: tf.nn.relu6(x, name=name)
    yield "values", lambda: tf.multiply(x, 2.0, name=name)
    yield "divide values", lambda: tf.divide(4, 2, name=name)
    yield "matmul", lambda: tf.matmul(m, m, name=name)
    yield "matmul of batches", lambda: tf.matmul([m], [m], name=name)
    yield "bias_add", lambda: tf.nn.bias_add(m, x, name=name)
    yield "convolution", lambda: tf.nn.convolution(image, taps, "SAME", name=name)
    yield "conv2d", lambda: tf.nn.conv2d(image, taps, [1, 1, 1, 1], "SAME", name=name)
    yield "max_pool", lambda: tf.nn.max_pool(image, 2, 2, "SAME", name=name)
    yield "max_pool2d", lambda: tf.nn.max_pool2d(image, 2, 2, "SAME", name=name)
    yield "avg_pool", lambda: tf.nn.avg_pool(image, 2, 2, "SAME", name=name)
    yield "concat", lambda: tf.concat([x, y], 0, name=name)
    yield "concat of one", lambda: tf.concat([x], 0, name=name)
    yield "stack", lambda: tf.stack([x, y], name=name)
    yield "stack along 1", lambda: tf.stack([x, y], axis=1, name=name)
    yield "stack of one", lambda: tf.stack(x, name=name)
    yield "unstack", lambda: tf.unstack(x, name=name)
    yield "split", lambda: tf.split(x, 2, name=name)
    yield "split by sizes", lambda: tf.split(x, [1, 1], name=name)
    yield "range", lambda: tf.range(3, name=name)
    yield "matrix_diag", lambda: tf.matrix_diag(x, name=name)
    yield "matrix_diag_part", lambda: tf.matrix_diag_part(m, name=name)
    yield "matrix_set_diag", lambda: tf.matrix_set_diag(m, x, name=name)
    yield "add_n", lambda: tf.add_n([x, y], name=name)
    yield "add_n of one", lambda: tf.add_n([x], name=name)
    yield "one_hot", lambda: tf.one_hot([0, 1], 3, name=name)
    yield "zeros", lambda: tf.zeros([2], name=name)
    yield "reduce_logsumexp", lambda: tf.reduce_logsumexp(x, name=name)
    yield "placeholder", lambda: tf.placeholder(tf.float32, name=name)
    yield "no_op", lambda: tf.no_op(name=name)


def ops_without_a_name(tf, say):
    """None and "" mean no name; each op chooses its own name and scope then."""
    for name in (None, ""):
        for scope in (None, "o"):
            with tf.Graph().as_default(), tf.name_scope(scope):
                for label, make in _named(tf, name):
                    say.of(f"{label} {name!r} in {scope!r}", make)
                say.ops()


def refused_again(tf, say):
    """A refused name still counts as used."""
    for scope in (None, "o"):
        with tf.Graph().as_default(), tf.name_scope(scope):
            for name in ("", "a b", "_a", "a b"):
                say.of(repr(name), tf.constant, 1.0, name=name)
            say.of("after", tf.constant, 1.0, name="_1")


def ops_in_scopes_of_odd_names(tf, say):
    """Inside another scope any name may be re-entered verbatim; no op is made there."""
    x = tf.placeholder(tf.float32, [2], name="x")
    with tf.name_scope("o"):
        for name in ("_a/", "/a/", "-/", "a/_b/"):
            with tf.name_scope(name) as scope:
                say(repr(scope))
                say.of("const", tf.constant, 1.0, name="c")
                say.of("placeholder", tf.placeholder, tf.float32, name="p")
                say.of("negative", tf.negative, x)
                say.of("add", tf.add, x, x, name="s")
                say.of("no_op", tf.no_op)
                say.of("variable", tf.Variable, x, name="v")
                say.of("get", tf.get_variable, "v" + name[0].replace("/", "s").replace("-", "d"), [1])
                with tf.name_scope("in"):
                    say.of("in", tf.negative, x)
                with tf.name_scope("out/"):
                    say.of("out", tf.negative, x)
        say.of("o", tf.negative, x)
    say.ops()


def variables_in_scopes_of_odd_names(tf, say):
    """Without its name scope a variable scope may have any name; the variables in it may not."""
    for name in ODD:
        for outer in ("", "o"):
            with tf.Graph().as_default(), tf.variable_scope(outer):
                captured = tf.VariableScope(False, name=outer + "/" + name if outer else name)
                for scope in (name, captured):
                    try:
                        with tf.variable_scope(scope, auxiliary_name_scope=False) as entered:
                            say(repr(entered.name), repr(entered.original_name_scope))
                            say.of("  v", tf.get_variable, "v", [1])
                            with tf.variable_scope("in"):
                                say.of("  u", tf.get_variable, "u", [1])
                    except ValueError as error:
                        say(repr(name), str(error))


def names_that_are_no_strings(tf, say):
    say.of("name_scope", tf.name_scope(3).__enter__)
    say.of("graph.name_scope", tf.get_default_graph().name_scope(3).__enter__)
    say.of("get_variable", tf.get_variable, 3, [1])
    say.of("placeholder", tf.placeholder, tf.float32, name=3)


def verbatim_names(tf, say):
    """A trailing slash means exactly this name, so the next op of that name fails."""
    say(tf.constant(1.0, name="x/"))
    say.of("x/ again", tf.constant, 1.0, name="x/")
    say.of("x", tf.constant, 1.0, name="x")
    say.of("x, then", tf.constant, 1.0, name="x")
    with tf.name_scope("o"):
        say(tf.constant(1.0, name="y/"), tf.constant(1.0, name="x"), tf.constant(1.0, name="o/z/"))
        say.of("z", tf.constant, 1.0, name="z")
    say.of("a name given by uniquifying", tf.constant, 1.0, name="x_1/")


def a_failed_op_leaves_its_name(tf, say):
    say.of("bad", tf.constant, 1.0, name="a b")
    say.of("bad", lambda: tf.add(tf.zeros([2], name="z"), tf.zeros([3], name="z"), name="sum"))
    say(tf.constant(1.0, name="sum"), tf.get_default_graph().unique_name("sum", mark_as_used=False))

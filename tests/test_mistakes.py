"""The most frequent mistakes: each ends in a message with the name and the fix, and in a short traceback."""

import traceback
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest
import scopetrie as tf

MOST_LINES = 12  # of a traceback without its message
HERE = "test_mistakes.py:"  # where the message says on which line of the user's something was made


class Mistake(NamedTuple):
    error: type[Exception]
    says: tuple[str, ...]
    make: Callable[[], Any]


MISTAKES: list[Mistake] = []


def mistake(error: type[Exception], *says: str) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Lists a function that makes a mistake, with the error's class and what its message has to say."""

    def listed(make: Callable[[], Any]) -> Callable[[], Any]:
        MISTAKES.append(Mistake(error, says, make))
        return make

    return listed


def weights(name: str = "layer/w") -> Any:
    return tf.get_variable(name, [2])


def placeholder() -> Any:
    return tf.placeholder(tf.float32, [None, 3], name="x")


# Variables.


@mistake(tf.errors.FailedPreconditionError, "layer/w", HERE, "tf.global_variables_initializer()")
def read_uninitialized() -> None:
    tf.Session().run(weights())


@mistake(tf.errors.FailedPreconditionError, "layer/w", HERE, "tf.global_variables_initializer()")
def use_uninitialized() -> None:
    tf.Session().run(weights() * 2.0)


@mistake(ValueError, "layer/w already exists", "reuse=tf.AUTO_REUSE", "test_mistakes.py", "line")
def make_twice() -> None:
    weights()
    weights()


@mistake(ValueError, "cell/w already exists", "The same line ran twice", "tf.reset_default_graph()")
def run_a_notebook_cell_twice() -> None:
    for _ in range(2):
        with tf.variable_scope("cell"):
            tf.get_variable("w", [2])


@mistake(ValueError, "m/kernal does not exist", "reuse=tf.AUTO_REUSE", "m/kernel")
def share_a_misspelled_name() -> None:
    with tf.variable_scope("m"):
        tf.get_variable("kernel", [2])
    with tf.variable_scope("m", reuse=True):
        tf.get_variable("kernal", [2])


@mistake(
    ValueError, "variable layer/w", "shape (3,)", "shape (2,)", "another name", 'test_mistakes.py", line'
)
def share_with_another_shape() -> None:
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        weights()
        tf.get_variable("layer/w", [3])


@mistake(ValueError, "variable layer/w", "float64", "float32", "another name", 'test_mistakes.py", line')
def share_with_another_dtype() -> None:
    with tf.variable_scope("", reuse=tf.AUTO_REUSE):
        weights()
        tf.get_variable("layer/w", [2], tf.float64)


@mistake(ValueError, "layer/w", "`shape`", "must be specified")
def leave_out_the_shape() -> None:
    tf.get_variable("layer/w")


@mistake(ValueError, "If initializer is a constant, do not specify shape.", "tf.zeros_initializer()")
def give_a_value_and_a_shape() -> None:
    tf.get_variable("layer/w", [2], initializer=3.0)


@mistake(ValueError, "w/Assign", "[3]", "[2]")
def initialize_with_another_shape() -> None:
    tf.get_variable("w", [3], initializer=lambda *_, **__: tf.zeros([2]))


@mistake(TypeError, "get_variable()", "'trainble'")
def misspell_an_argument() -> None:
    tf.get_variable("w", [2], trainble=False)  # type: ignore[call-overload]


@mistake(ValueError, "initial_value must be specified")
def leave_out_the_initial_value() -> None:
    tf.Variable()


@mistake(ValueError, "'my scope' is not a valid root scope name")
def name_a_scope_with_a_space() -> None:
    with tf.variable_scope("my scope"):
        weights()


@mistake(TypeError, "name_or_scope", "default_name")
def open_a_scope_without_a_name() -> None:
    with tf.variable_scope(None):
        pass


@mistake(TypeError, "'Variable' object does not support item assignment", "layer/w", "v[i].assign(value)")
def set_an_item_of_a_variable() -> None:
    weights()[0] = 1.0


@mistake(ValueError, "(3,)", "(2,)", "layer/w", HERE)
def load_another_shape() -> None:
    weights().load(np.zeros(3), tf.Session())


# Feeds.


@mistake(tf.errors.InvalidArgumentError, "placeholder tensor 'x'", HERE, "feed_dict={")
def leave_out_a_feed() -> None:
    tf.Session().run(placeholder() * 2.0)


@mistake(ValueError, "(4, 2)", "x:0", "(?, 3)", HERE)
def feed_another_shape() -> None:
    x = placeholder()
    tf.Session().run(x * 2.0, {x: np.zeros([4, 2])})


@mistake(ValueError, "could not convert string to float", "x:0", HERE)
def feed_text() -> None:
    x = placeholder()
    tf.Session().run(x, {x: [["a", "b", "c"]]})


@mistake(TypeError, "cannot be a tf.Tensor", "zeros:0", "x:0", "session.run")
def feed_a_tensor() -> None:
    x = placeholder()
    tf.Session().run(x, {x: tf.zeros([2, 3])})


@mistake(TypeError, "'x' refers to an Operation", "'x:0'")
def feed_by_the_name_of_the_operation() -> None:
    tf.Session().run(placeholder(), {"x": np.zeros([1, 3])})


@mistake(TypeError, "feed_dict", "'inputs:0'", "does not exist in the graph", "'input:0'")
def feed_by_a_misspelled_name() -> None:
    x = tf.placeholder(tf.float32, name="input")
    tf.Session().run(x, {"inputs:0": 1})


@mistake(TypeError, "must be a dictionary", "'list'")
def feed_a_list() -> None:
    x = placeholder()
    tf.Session().run(x, [x, np.zeros([1, 3])])


# Fetches and sessions.


@mistake(ValueError, "Const:0", "is not an element of this graph", "tf.Session(graph=")
def fetch_from_another_graph() -> None:
    tf.constant(1.0)
    session = tf.Session()
    with tf.Graph().as_default():
        session.run(tf.constant(1.0))


@mistake(RuntimeError, "The Session graph is empty", "tf.Session(graph=...)")
def run_the_default_graph_instead_of_ones_own() -> None:
    with tf.Graph().as_default():
        y = tf.constant(1.0)
    tf.Session().run(y)


@mistake(RuntimeError, "closed Session", "make another")
def run_after_the_end() -> None:
    y = tf.constant(1.0)
    with tf.Session() as session:
        pass
    session.run(y)


@mistake(ValueError, "No default session is registered", "eval(session=sess)")
def evaluate_without_a_session() -> None:
    tf.constant(1.0).eval()


@mistake(ValueError, "different from the session's graph", "eval(session=sess)")
def evaluate_in_a_session_of_another_graph() -> None:
    with tf.Graph().as_default():
        y = tf.constant(1.0)
    with tf.Session():
        y.eval()


@mistake(TypeError, "None", "tf.gradients gives None")
def fetch_a_gradient_that_is_none() -> None:
    w = weights()
    tf.Session().run(tf.gradients(tf.constant(1.0), w))


@mistake(ValueError, "logit:0", "does not exist in the graph", "'logits:0'")
def fetch_by_a_misspelled_name() -> None:
    tf.constant(1.0, name="logits")
    tf.Session().run("logit:0")


@mistake(ValueError, "'logits' refers to an Operation", "'logits:0'")
def look_up_a_tensor_by_its_operation() -> None:
    tf.constant(1.0, name="logits")
    tf.get_default_graph().get_tensor_by_name("logits")


@mistake(KeyError, "'logit'", "not in the graph", "'logits'")
def look_up_a_misspelled_operation() -> None:
    tf.constant(1.0, name="logits")
    tf.get_default_graph().get_operation_by_name("logit")


# Tensors as if they were values.


@mistake(AttributeError, "numpy", "Const:0", "session.run(x)")
def ask_for_numpy() -> None:
    tf.constant(1.0).numpy()


@mistake(TypeError, "`bool` is not allowed", "tf.cond")
def branch_in_python() -> None:
    if tf.constant(1.0) > 0:
        pass


@mistake(TypeError, "Iterating", "tf.unstack")
def loop_in_python() -> None:
    for _ in tf.placeholder(tf.float32, [None]):
        pass


@mistake(TypeError, "len", "Const:0", "x.shape")
def take_the_length() -> None:
    len(tf.constant([1.0]))


@mistake(TypeError, "float()", "Const:0", "session.run(x)")
def convert_to_a_float() -> None:
    float(tf.constant(1.0))


@mistake(TypeError, "int()", "Const:0", "x.eval()")
def convert_to_an_int() -> None:
    int(tf.constant(1))


@mistake(NotImplementedError, "Const:0", "numpy array", "session.run(x)")
def call_numpy() -> None:
    np.sqrt(tf.constant(2.0))


@mistake(TypeError, "item assignment", "zeros:0", "tf.where")
def set_an_item() -> None:
    tf.zeros([3])[0] = 1.0


# Operations.


@mistake(ValueError, "MatMul", "3 and 2", "[2,3], [2,3]")
def multiply_matrices_that_do_not_fit() -> None:
    tf.matmul(tf.zeros([2, 3]), tf.zeros([2, 3]))


@mistake(
    tf.errors.InvalidArgumentError, "Matrix size-incompatible: In[0]: [2,3], In[1]: [2,3]", "MatMul", HERE
)
def multiply_fed_matrices_that_do_not_fit() -> None:
    x = tf.placeholder(tf.float32)
    tf.Session().run(tf.matmul(x, x), {x: np.zeros([2, 3])})


@mistake(TypeError, "'y'", "float32", "int32", "tf.cast(value, tf.int32)")
def add_other_dtypes() -> None:
    tf.constant(1) + tf.constant(1.0)


@mistake(ValueError, "tf.concat(values, axis)")
def concatenate_with_the_axis_first() -> None:
    tf.concat(0, [tf.zeros([2]), tf.zeros([2])])


@mistake(tf.errors.InvalidArgumentError, "indices[0] = 7 is not in [0, 3)", "GatherV2", HERE)
def gather_out_of_range() -> None:
    i = tf.placeholder(tf.int32, [1])
    tf.Session().run(tf.gather(tf.zeros([3]), i), {i: [7]})


@mistake(RuntimeError, "Graph is finalized and cannot be modified.")
def build_after_finalize() -> None:
    tf.get_default_graph().finalize()
    tf.constant(1.0)


@mistake(ValueError, "same graph", "Const:0")
def join_two_graphs() -> None:
    with tf.Graph().as_default():
        y = tf.constant(1.0)
    y + tf.constant(2.0)


# Training and files.


@mistake(ValueError, "No gradients provided", "layer/w", "Const:0")
def minimize_what_depends_on_nothing() -> None:
    weights()
    tf.train.GradientDescentOptimizer(0.1).minimize(tf.constant(1.0))


@mistake(ValueError, "No variables to optimize.", "trainable=True", "var_list=")
def minimize_without_variables() -> None:
    tf.train.GradientDescentOptimizer(0.1).minimize(tf.constant(1.0))


@mistake(ValueError, "No variables to save", "Make variables first")
def save_before_there_are_variables() -> None:
    tf.train.Saver()


@mistake(ValueError, "not a valid checkpoint", "/nowhere/model.ckpt", "tf.train.latest_checkpoint")
def restore_a_missing_checkpoint() -> None:
    weights()
    tf.train.Saver().restore(tf.Session(), "/nowhere/model.ckpt")


# Names that are not here.


@mistake(AttributeError, "tf.GradientTape", "Use tf.gradients")
def use_version_2() -> None:
    tf.GradientTape()


@mistake(AttributeError, "tf.estimator.DNNClassifier", "layers.dense", "estimator.Estimator")
def use_an_estimator_of_feature_columns() -> None:
    tf.estimator.DNNClassifier([10], [])


@mistake(AttributeError, "'plaecholder'", "placeholder")
def misspell_a_name() -> None:
    tf.plaecholder(tf.float32)


@mistake(AttributeError, "scopetrie.nn", "'sofmax'", "softmax")
def misspell_a_name_in_a_namespace() -> None:
    tf.nn.sofmax(tf.zeros([2]))


@pytest.mark.parametrize("each", MISTAKES, ids=lambda each: each.make.__name__)
def test_message_names_and_fixes_and_traceback_is_short(each: Mistake) -> None:
    with tf.Graph().as_default(), pytest.raises(each.error) as caught:
        each.make()
    text = str(caught.value)
    for says in each.says:
        assert says in text
    frames = caught.value.__traceback__
    assert frames is not None
    printed = "".join(traceback.format_exception(each.error, caught.value, frames.tb_next))
    assert "<scopetrie" not in printed, "generated code"
    lines = len(printed.splitlines()) - len(text.splitlines())
    assert lines <= MOST_LINES, printed


def test_there_are_forty() -> None:
    assert len(MISTAKES) >= 40


def test_names_like_a_missing_one_are_looked_for_when_the_text_is_asked_for() -> None:
    assert not hasattr(tf, "plaecholder")
    with pytest.raises(AttributeError) as caught:
        tf.nn.quite_another_thing  # noqa: B018
    assert str(caught.value) == "module 'scopetrie.nn' has no attribute 'quite_another_thing'"

"""Programs of recurrent nets; each is a function of (tf, x), where x makes placeholders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Program = Callable[[Any, Any], Any]
PROGRAMS: dict[str, Program] = {}


def program(function: Program) -> Program:
    PROGRAMS[function.__name__] = function
    return function


def _cell(code: str) -> None:
    """Adds programs that call a cell twice, and run it over time."""
    make = eval(f"lambda tf, R, x: R.{code}")

    def alone(tf: Any, x: Any) -> Any:
        cell = make(tf, tf.nn.rnn_cell, x)
        value = x(2, 3)
        output, state = cell(value, cell.zero_state(2, tf.float32))
        again, state = cell(value, state)
        return [output, again, state, str(cell.state_size), str(cell.output_size)]

    def over_time(tf: Any, x: Any) -> Any:
        return tf.nn.dynamic_rnn(make(tf, tf.nn.rnn_cell, x), x(2, 5, 3), [3, 5], dtype=tf.float32)

    def unrolled(tf: Any, x: Any) -> Any:
        return tf.nn.static_rnn(make(tf, tf.nn.rnn_cell, x), [x(2, 3), x(2, 3)], dtype=tf.float32)

    PROGRAMS[f"{code} alone"] = alone
    PROGRAMS[f"{code} over time"] = over_time
    PROGRAMS[f"{code} unrolled"] = unrolled


for _code in """
    BasicRNNCell(4)
    BasicRNNCell(4, activation=tf.nn.relu, name="mine")
    GRUCell(4)
    GRUCell(4, kernel_initializer=tf.ones_initializer(), bias_initializer=tf.zeros_initializer())
    BasicLSTMCell(4)
    BasicLSTMCell(4, forget_bias=0.5, state_is_tuple=False, activation=tf.sigmoid)
    LSTMCell(4)
    LSTMCell(4, use_peepholes=True, num_proj=3, cell_clip=0.2, proj_clip=0.1)
    LSTMCell(4, initializer=tf.ones_initializer(), forget_bias=0.0, state_is_tuple=False)
    MultiRNNCell([R.BasicLSTMCell(4), R.GRUCell(2)])
    MultiRNNCell([R.BasicRNNCell(4), R.GRUCell(2)], state_is_tuple=False)
    MultiRNNCell([R.DropoutWrapper(R.BasicLSTMCell(3), 1.0), R.ResidualWrapper(R.GRUCell(3))])
    DropoutWrapper(R.LSTMCell(4), input_keep_prob=1.0)
    DeviceWrapper(R.GRUCell(4), "/cpu:0")
    ResidualWrapper(R.LSTMCell(3), residual_fn=lambda i, o: i * o)
""".strip().splitlines():
    _cell(_code.strip())


@program
def time_major_of_unknown_sizes(tf: Any, x: Any) -> Any:
    cell = tf.nn.rnn_cell.GRUCell(4)
    return tf.nn.dynamic_rnn(cell, x(5, 2, 3, unknown=(0, 1)), dtype=tf.float32, time_major=True, scope="foo")


@program
def lengths_that_are_fed(tf: Any, x: Any) -> Any:
    cell = tf.nn.rnn_cell.BasicLSTMCell(4)
    lengths = x(2, dtype="int32", value=[1, 3])
    return tf.nn.dynamic_rnn(cell, x(2, 5, 3, unknown=(0,)), sequence_length=lengths, dtype=tf.float32)


@program
def lengths_of_int64(tf: Any, x: Any) -> Any:
    cell = tf.nn.rnn_cell.GRUCell(4)
    lengths = x(2, dtype="int64", value=[0, 2])
    return tf.nn.dynamic_rnn(cell, x(2, 5, 3), sequence_length=lengths, dtype=tf.float32)


@program
def a_state_to_begin_with(tf: Any, x: Any) -> Any:
    cell = tf.nn.rnn_cell.LSTMCell(4)
    state = tf.nn.rnn_cell.LSTMStateTuple(x(2, 4), x(2, 4))
    return tf.nn.dynamic_rnn(cell, x(2, 5, 3), initial_state=state)


@program
def both_ways(tf: Any, x: Any) -> Any:
    cells = tf.nn.rnn_cell.GRUCell(4), tf.nn.rnn_cell.GRUCell(4)
    return tf.nn.bidirectional_dynamic_rnn(*cells, x(2, 5, 3), sequence_length=[3, 5], dtype=tf.float32)


@program
def both_ways_in_full(tf: Any, x: Any) -> Any:
    cells = tf.nn.rnn_cell.LSTMCell(4), tf.nn.rnn_cell.LSTMCell(2)
    outputs, states = tf.nn.bidirectional_dynamic_rnn(*cells, x(2, 5, 3), dtype=tf.float32)
    return tf.concat(outputs, 2), states


@program
def both_ways_time_major(tf: Any, x: Any) -> Any:
    cells = tf.nn.rnn_cell.GRUCell(4), tf.nn.rnn_cell.GRUCell(4)
    return tf.nn.bidirectional_dynamic_rnn(
        *cells, x(5, 2, 3), sequence_length=[3, 5], dtype=tf.float32, time_major=True, scope="b"
    )


@program
def unrolled_with_lengths(tf: Any, x: Any) -> Any:
    cell = tf.nn.rnn_cell.BasicLSTMCell(4)
    lengths = x(2, dtype="int32", value=[1, 3])
    return tf.nn.static_rnn(cell, [x(2, 3) for _ in range(4)], dtype=tf.float32, sequence_length=lengths)


@program
def unrolled_both_ways(tf: Any, x: Any) -> Any:
    cells = tf.nn.rnn_cell.GRUCell(4), tf.nn.rnn_cell.GRUCell(4)
    return tf.nn.static_bidirectional_rnn(*cells, [x(2, 3) for _ in range(3)], dtype=tf.float32)


@program
def unrolled_both_ways_with_lengths(tf: Any, x: Any) -> Any:
    cells = tf.nn.rnn_cell.GRUCell(4), tf.nn.rnn_cell.GRUCell(4)
    return tf.nn.static_bidirectional_rnn(
        *cells,
        [x(2, 3) for _ in range(3)],
        dtype=tf.float32,
        sequence_length=x(2, dtype="int32", value=[1, 3]),
    )


@program
def raw(tf: Any, x: Any) -> Any:
    cell = tf.nn.rnn_cell.LSTMCell(4)
    lengths = tf.constant([2, 4])
    inputs = tf.TensorArray(tf.float32, 5).unstack(x(5, 2, 3))

    def loop(time: Any, output: Any, state: Any, carried: Any) -> Any:
        ended = time >= lengths
        following = tf.cond(tf.reduce_all(ended), lambda: tf.zeros([2, 3]), lambda: inputs.read(time))
        following.set_shape([2, 3])
        return ended, following, cell.zero_state(2, tf.float32) if output is None else state, output, None

    outputs, state, carried = tf.nn.raw_rnn(cell, loop)
    return outputs.stack(), state, carried


@program
def raw_that_feeds_itself(tf: Any, x: Any) -> Any:
    """A decoder without inputs: what it puts out is what comes in next; it counts as it goes."""
    cell = tf.nn.rnn_cell.GRUCell(3)

    def loop(time: Any, output: Any, state: Any, carried: Any) -> Any:
        ended = tf.fill([2], time >= 3)
        if output is None:
            return ended, x(2, 3), cell.zero_state(2, tf.float32), tf.zeros([3]), tf.constant(10)
        return ended, output, state, 2.0 * output, carried + 1

    outputs, state, carried = tf.nn.raw_rnn(cell, loop)
    return outputs.stack(), state, carried


@program
def cell_of_my_own(tf: Any, x: Any) -> Any:
    class Mine(tf.nn.rnn_cell.RNNCell):
        @property
        def state_size(self) -> int:
            return 3

        @property
        def output_size(self) -> int:
            return 3

        def call(self, inputs: Any, state: Any) -> Any:
            w = tf.get_variable("w", [3, 3])
            new = tf.matmul(inputs, w) + state
            return new, new

    return tf.nn.dynamic_rnn(Mine(), x(2, 4, 3), dtype=tf.float32)


@program
def cell_of_the_old_kind(tf: Any, x: Any) -> Any:
    class Mine(tf.nn.rnn_cell.RNNCell):
        @property
        def state_size(self) -> Any:
            return (3, 3)

        @property
        def output_size(self) -> int:
            return 3

        def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
            with tf.variable_scope(scope or type(self).__name__):
                w = tf.get_variable("w", [3, 3])
                new = tf.matmul(inputs, w) + state[0]
                return new, (new, state[1] + 1.0)

    cell = tf.nn.rnn_cell.MultiRNNCell([Mine(), tf.nn.rnn_cell.GRUCell(2)])
    return tf.nn.dynamic_rnn(cell, x(2, 4, 3), dtype=tf.float32)


@program
def reused(tf: Any, x: Any) -> Any:
    made = []
    for reuse in (None, True):
        with tf.variable_scope("net", reuse=reuse):
            cell = tf.nn.rnn_cell.BasicLSTMCell(2, reuse=reuse)
            made.append(tf.nn.dynamic_rnn(cell, x(2, 3, 3), dtype=tf.float32))
    return made


@program
def one_cell_twice(tf: Any, x: Any) -> Any:
    cell = tf.nn.rnn_cell.GRUCell(4)
    first = tf.nn.dynamic_rnn(cell, x(2, 3, 3), dtype=tf.float32, scope="a")
    return first, tf.nn.dynamic_rnn(cell, x(2, 3, 3), dtype=tf.float32, scope="b")


@program
def ptb(tf: Any, x: Any) -> Any:
    """Unrolled by hand, as the language model of v1's tutorial is."""
    with tf.variable_scope("Model", initializer=tf.random_uniform_initializer(-0.1, 0.1)):
        cells = [tf.nn.rnn_cell.BasicLSTMCell(4, forget_bias=0.0) for _ in range(2)]
        cell = tf.nn.rnn_cell.MultiRNNCell(cells, state_is_tuple=True)
        state = cell.zero_state(2, tf.float32)
        table = tf.get_variable("embedding", [9, 4])
        inputs = tf.nn.embedding_lookup(table, x(2, 3, dtype="int32"))
        outputs = []
        with tf.variable_scope("RNN"):
            for step in range(3):
                if step > 0:
                    tf.get_variable_scope().reuse_variables()
                output, state = cell(inputs[:, step, :], state)
                outputs.append(output)
        return tf.reshape(tf.concat(outputs, 1), [-1, 4]), state


@program
def no_dtype(tf: Any, x: Any) -> Any:
    return tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(4), x(2, 5, 3))


@program
def no_dtype_unrolled(tf: Any, x: Any) -> Any:
    return tf.nn.static_rnn(tf.nn.rnn_cell.GRUCell(4), [x(2, 3)])


@program
def no_list(tf: Any, x: Any) -> Any:
    return tf.nn.static_rnn(tf.nn.rnn_cell.GRUCell(4), x(2, 3), dtype=tf.float32)


@program
def no_inputs(tf: Any, x: Any) -> Any:
    return tf.nn.static_rnn(tf.nn.rnn_cell.GRUCell(4), [], dtype=tf.float32)


@program
def depth_not_known(tf: Any, x: Any) -> Any:
    return tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(4), x(2, 5, 3, unknown=(2,)), dtype=tf.float32)


@program
def no_cells(tf: Any, x: Any) -> Any:
    return tf.nn.rnn_cell.MultiRNNCell([])


@program
def nested_state_that_must_be_flat(tf: Any, x: Any) -> Any:
    return tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.LSTMCell(2)], state_is_tuple=False)


@program
def keep_prob_out_of_range(tf: Any, x: Any) -> Any:
    return tf.nn.rnn_cell.DropoutWrapper(tf.nn.rnn_cell.LSTMCell(2), output_keep_prob=1.5)


@program
def collected_in_a_loop(tf: Any, x: Any) -> Any:
    rows = x(4, 3)
    read = tf.TensorArray(tf.float32, 4, clear_after_read=False).unstack(rows)
    _, made, total = tf.while_loop(
        lambda i, made, total: i < 4,
        lambda i, made, total: (i + 1, made.write(i, 2.0 * read.read(i)), total + read.read(i)),
        (0, tf.TensorArray(tf.float32, 4, clear_after_read=False), tf.zeros([3])),
    )
    return made.stack(), made.concat(), made.gather([2, 0]), total, made.read(1)


@program
def arrays(tf: Any, x: Any) -> Any:
    array = tf.TensorArray(tf.float32, size=1, dynamic_size=True, clear_after_read=False)
    longer = array.write(0, x(2)).write(3, [1.0, 2.0])
    cut = tf.TensorArray(tf.float32, 2, infer_shape=False).split([1.0, 2.0, 3.0], [1, 2])
    spread = tf.TensorArray(tf.float32, 3, clear_after_read=False).scatter([0, 2, 1], x(3, 2))
    return [
        longer.stack(), longer.size(), longer.read(3), cut.read(1), spread.stack(),
        spread.identity().concat(),
        tf.TensorArray(tf.float32, 3, element_shape=[2]).stack(), str(array.dtype), str(array.dynamic_size),
    ]  # fmt: skip

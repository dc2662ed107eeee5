"""An unrolled LSTM that reads a sequence and writes another; all time steps share a cell by reuse.

The cell is Hochreiter and Schmidhuber's (Neural Computation 9(8), 1997) with the forget gate of Gers et al.
(2000). Nothing here is trained: the point is how the graph is built. Run it with `python
examples/seq2seq.py`.
"""

import numpy as np
import scopetrie as tf

STEPS, BATCH, INPUTS, UNITS, WORDS = 6, 3, 5, 8, 7


def lstm_step(inputs, state):
    """One time step, with the variables of the current scope.

    `inputs` is `[N, I]`; the state is a pair of output and memory, `[N, U]` each. Returns the new pair.
    """
    output, memory = state
    both = tf.concat([inputs, output], axis=1)
    weights = tf.get_variable("weights", [both.shape[1].value, 4 * UNITS])
    biases = tf.get_variable("biases", [4 * UNITS], initializer=tf.zeros_initializer())
    write, forget, show, new = tf.split(tf.matmul(both, weights) + biases, 4, axis=1)
    memory = tf.sigmoid(forget + 1.0) * memory + tf.sigmoid(write) * tf.tanh(new)
    return tf.sigmoid(show) * tf.tanh(memory), memory


def encode(sequence):
    """The state after all time steps of a sequence `[T, N, I]`."""
    state = (tf.zeros([BATCH, UNITS]), tf.zeros([BATCH, UNITS]))
    with tf.variable_scope("encoder") as scope:
        for step, inputs in enumerate(tf.unstack(sequence)):
            if step > 0:
                scope.reuse_variables()
            state = lstm_step(inputs, state)
    return state


def decode(state):
    """Logits `[T, N, W]`; the input of each step is the most likely word of the step before."""
    embedding = tf.get_variable("embedding", [WORDS, INPUTS])
    word = tf.zeros([BATCH], tf.int32)
    logits = []
    for _ in range(STEPS):
        with tf.variable_scope("decoder", reuse=tf.AUTO_REUSE):
            state = lstm_step(tf.gather(embedding, word), state)
            project = tf.get_variable("project", [UNITS, WORDS])
            logits.append(tf.matmul(state[0], project))
            word = tf.argmax(logits[-1], 1)
    return tf.stack(logits)


def reference(sequence, variables):
    """The same in NumPy."""

    def sigmoid(x):
        return 1 / (1 + np.exp(-x))

    def step(inputs, state, scope):
        output, memory = state
        weights, biases = variables[f"{scope}/weights"], variables[f"{scope}/biases"]
        gates = np.concatenate([inputs, output], 1) @ weights + biases
        write, forget, show, new = np.split(gates, 4, axis=1)
        memory = sigmoid(forget + 1) * memory + sigmoid(write) * np.tanh(new)
        return sigmoid(show) * np.tanh(memory), memory

    state = (np.zeros((BATCH, UNITS)), np.zeros((BATCH, UNITS)))
    for inputs in sequence:
        state = step(inputs, state, "encoder")
    word = np.zeros(BATCH, int)
    logits = []
    for _ in range(STEPS):
        state = step(variables["embedding"][word], state, "decoder")
        logits.append(state[0] @ variables["decoder/project"])
        word = logits[-1].argmax(1)
    return np.stack(logits)


def main():
    tf.set_random_seed(3)
    sequence = tf.placeholder(tf.float32, [STEPS, BATCH, INPUTS], name="sequence")
    logits = decode(encode(sequence))
    variables = {variable.op.name: variable for variable in tf.trainable_variables()}
    print(f"{len(tf.get_default_graph().get_operations())} operations share {len(variables)} variables:")
    for name, variable in variables.items():
        print(f"  {name} {variable.shape}")

    values = np.random.default_rng(0).random((STEPS, BATCH, INPUTS), np.float32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        found, known = session.run([logits, variables], {sequence: values})
    print("words:", found.argmax(-1).T.tolist())
    assert np.allclose(found, reference(values, known), rtol=1e-4, atol=1e-5)
    print("NumPy computes the same.")


if __name__ == "__main__":
    main()

"""A character model of stacked LSTM cells, and sampling from it, as programs of 2016 wrote it."""

import argparse

import numpy as np
import tensorflow as tf

TEXT = "the quick brown fox jumps over the lazy dog. " * 8
VOCABULARY = sorted(set(TEXT))
CODES = {character: code for code, character in enumerate(VOCABULARY)}


class Model:
    """The net for sequences of one length; sampling is the same net with sequences of one character."""

    def __init__(self, batch_size, length, size=24, layers=2, sampling=False):
        count = len(VOCABULARY)
        if sampling:
            batch_size, length = 1, 1
        cells = [tf.nn.rnn_cell.BasicLSTMCell(size, forget_bias=0.0) for _ in range(layers)]
        cell = tf.nn.rnn_cell.MultiRNNCell(cells)
        self.inputs = tf.placeholder(tf.int32, [batch_size, length], name="inputs")
        self.targets = tf.placeholder(tf.int32, [batch_size, length], name="targets")
        self.initial_state = cell.zero_state(batch_size, tf.float32)
        with tf.variable_scope("rnnlm"):
            softmax_w = tf.get_variable("softmax_w", [size, count])
            softmax_b = tf.get_variable("softmax_b", [count], initializer=tf.zeros_initializer())
            embedding = tf.get_variable("embedding", [count, size])
            embedded = tf.nn.embedding_lookup(embedding, self.inputs)
            outputs, self.final_state = tf.nn.dynamic_rnn(
                cell, embedded, initial_state=self.initial_state, scope="rnn"
            )
            rows = tf.reshape(outputs, [-1, size])
            logits = tf.matmul(rows, softmax_w) + softmax_b
        self.probabilities = tf.nn.softmax(logits)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=tf.reshape(self.targets, [-1]), logits=logits
        )
        self.cost = tf.reduce_mean(losses)
        if not sampling:
            variables = tf.trainable_variables()
            grads, _ = tf.clip_by_global_norm(tf.gradients(self.cost, variables), 5.0)
            self.train = tf.train.AdamOptimizer(0.01).apply_gradients(zip(grads, variables))

    def sample(self, session, count, prime="the "):
        """Goes on after a text with the likeliest characters."""
        state = session.run(self.initial_state)
        text = prime
        for step in range(len(prime) - 1 + count):
            code = CODES[prime[step]] if step < len(prime) - 1 else CODES[text[-1]]
            feed = {self.inputs: [[code]], self.initial_state: state}
            chances, state = session.run([self.probabilities, self.final_state], feed)
            if step >= len(prime) - 1:
                text += VOCABULARY[int(np.argmax(chances[0]))]
        return text


def batches(batch_size, length):
    """Pieces of the text, and the same one character later."""
    codes = np.array([CODES[character] for character in TEXT], np.int32)
    count = (len(codes) - 1) // (batch_size * length)
    inputs = codes[: count * batch_size * length].reshape(batch_size, -1)
    targets = codes[1 : count * batch_size * length + 1].reshape(batch_size, -1)
    for at in range(0, inputs.shape[1], length):
        yield inputs[:, at : at + length], targets[:, at : at + length]


def build():
    """The net for batches of the text, and the one that samples with the same variables."""
    model = Model(4, 10)
    with tf.variable_scope(tf.get_variable_scope(), reuse=True):
        model.sampler = Model(4, 10, sampling=True)
    return model


def train(session, model, steps):
    """Trains on the text, over and over, keeping the state from batch to batch; returns the costs."""
    costs = []
    while len(costs) < steps:
        state = session.run(model.initial_state)
        for inputs, targets in batches(4, 10):
            feed = {model.inputs: inputs, model.targets: targets, model.initial_state: state}
            cost, state, _ = session.run([model.cost, model.final_state, model.train], feed)
            costs.append(cost)
    return costs[:steps]


def main():
    """Trains the model, and samples from it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=10)
    flags = parser.parse_args()
    tf.set_random_seed(1)
    model = build()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for cost in train(session, model, flags.steps):
            print("cost %.4f" % cost)
        print(repr(model.sampler.sample(session, 5)))


if __name__ == "__main__":
    main()

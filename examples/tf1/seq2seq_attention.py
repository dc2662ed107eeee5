"""A translator with the attention of Bahdanau et al. (2015), which learns to turn sequences around."""

import argparse

import numpy as np
import tensorflow as tf

START, END, WORDS = 0, 1, 12


def batches(batch_size, length=6, seed=0):
    """Endless batches of sequences of several lengths, and the same backwards with an end mark."""
    random = np.random.RandomState(seed)
    while True:
        lengths = random.randint(3, length + 1, batch_size)
        sources = np.full((batch_size, length), END, np.int32)
        targets = np.full((batch_size, length + 1), END, np.int32)
        for source, target, count in zip(sources, targets, lengths):
            source[:count] = random.randint(2, WORDS, count)
            target[:count] = source[:count][::-1]
        yield sources, lengths, targets


class Translator:
    """A bidirectional encoder, and a decoder that looks at its outputs in each step."""

    def __init__(self, size=16, max_steps=7):
        self.size = size
        self.source = tf.placeholder(tf.int32, [None, None], name="source")
        self.source_length = tf.placeholder(tf.int32, [None], name="source_length")
        self.target = tf.placeholder(tf.int32, [None, None], name="target")
        self.batch_size = tf.shape(self.source)[0]
        self.embedding = tf.get_variable(
            "embedding", [WORDS, size], initializer=tf.random_uniform_initializer(-0.1, 0.1)
        )
        self.memory, state = self._encode()
        starts = tf.fill([self.batch_size, 1], START)
        given = tf.concat([starts, self.target[:, :-1]], axis=1)
        logits = self._decode(state, given)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=self.target, logits=logits)
        # The end mark counts, what is behind it does not.
        counts = tf.sequence_mask(self.source_length + 1, tf.shape(self.target)[1], dtype=tf.float32)
        self.loss = tf.reduce_sum(losses * counts) / tf.reduce_sum(counts)
        right = tf.cast(tf.equal(tf.argmax(logits, 2, output_type=tf.int32), self.target), tf.float32)
        self.accuracy = tf.reduce_sum(right * counts) / tf.reduce_sum(counts)
        optimizer = tf.train.AdamOptimizer(0.02)
        grads, variables = zip(*optimizer.compute_gradients(self.loss))
        grads, self.norm = tf.clip_by_global_norm(grads, 1.0)
        self.train = optimizer.apply_gradients(zip(grads, variables))

    def _encode(self):
        with tf.variable_scope("encoder"):
            outputs, states = tf.nn.bidirectional_dynamic_rnn(
                tf.nn.rnn_cell.GRUCell(self.size),
                tf.nn.rnn_cell.GRUCell(self.size),
                tf.nn.embedding_lookup(self.embedding, self.source),
                sequence_length=self.source_length,
                dtype=tf.float32,
            )
            state = tf.layers.dense(tf.concat(states, 1), self.size, tf.tanh, name="bridge")
            return tf.concat(outputs, 2), state

    def _attend(self, state, keys):
        """The mean of the memory, weighed by how well each place goes with a state."""
        query = tf.layers.dense(state, self.size, use_bias=False, name="query", reuse=tf.AUTO_REUSE)
        net = tf.tanh(keys + tf.expand_dims(query, 1))
        scores = tf.layers.dense(net, 1, use_bias=False, name="score", reuse=tf.AUTO_REUSE)
        scores = tf.squeeze(scores, axis=2)
        inside = tf.sequence_mask(self.source_length, tf.shape(self.source)[1])
        scores = tf.where(inside, scores, tf.fill(tf.shape(scores), -1e9))
        weights = tf.nn.softmax(scores)
        return tf.reduce_sum(tf.expand_dims(weights, 2) * self.memory, 1)

    def _decode(self, state, given):
        with tf.variable_scope("decoder", reuse=tf.AUTO_REUSE):
            cell = tf.nn.rnn_cell.GRUCell(self.size)
            keys = tf.layers.dense(self.memory, self.size, use_bias=False, name="keys")
            words = tf.transpose(tf.nn.embedding_lookup(self.embedding, given), [1, 0, 2])
            count = tf.shape(words)[0]
            inputs = tf.TensorArray(tf.float32, count).unstack(words)

            def step(time, state, outputs):
                context = self._attend(state, keys)
                output, state = cell(tf.concat([inputs.read(time), context], 1), state)
                return time + 1, state, outputs.write(time, tf.concat([output, context], 1))

            first = (tf.constant(0), state, tf.TensorArray(tf.float32, count))
            _, _, outputs = tf.while_loop(lambda time, *_: time < count, step, first)
            rows = tf.transpose(outputs.stack(), [1, 0, 2])
            rows.set_shape([None, None, 3 * self.size])
            return tf.layers.dense(rows, WORDS, name="logits")


def build():
    """The translator."""
    return Translator()


def train(session, model, steps):
    """Trains; returns the loss of each step."""
    losses = []
    for _, (source, length, target) in zip(range(steps), batches(16)):
        feed = {model.source: source, model.source_length: length, model.target: target}
        loss, _ = session.run([model.loss, model.train], feed_dict=feed)
        losses.append(loss)
    return losses


def main():
    """Trains, and says how many words of a new batch are right."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=10)
    flags = parser.parse_args()
    tf.set_random_seed(1)
    model = build()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step, loss in enumerate(train(session, model, flags.steps)):
            print("step %d: loss %.4f" % (step, loss))
        source, length, target = next(batches(50, seed=1))
        feed = {model.source: source, model.source_length: length, model.target: target}
        print("accuracy %.2f" % session.run(model.accuracy, feed))


if __name__ == "__main__":
    main()

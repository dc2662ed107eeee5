"""A perceptron of three layers for digits, with weight decay and summaries, as tutorials of 2016 wrote it."""

import argparse

import numpy as np
import tensorflow as tf


def batches(batch_size, seed=0):
    """Endless batches of blurred digits: ten patterns of 8x8 with noise, and their one-hot labels."""
    random = np.random.RandomState(seed)
    patterns = random.rand(10, 64)
    while True:
        labels = random.randint(0, 10, batch_size)
        images = patterns[labels] + 0.3 * random.randn(batch_size, 64)
        yield images.astype(np.float32), np.eye(10, dtype=np.float32)[labels]


def layer(x, size, name, activation=None):
    """A fully connected layer."""
    with tf.variable_scope(name):
        weights = tf.get_variable(
            "weights", [x.get_shape()[1], size], initializer=tf.truncated_normal_initializer(stddev=0.1)
        )
        biases = tf.get_variable("biases", [size], initializer=tf.constant_initializer(0.1))
        tf.add_to_collection("weight_decay", tf.nn.l2_loss(weights))
        tf.summary.histogram("weights", weights)
        out = tf.nn.xw_plus_b(x, weights, biases)
        return out if activation is None else activation(out)


class Model:
    """Placeholders, the loss and what trains the net."""

    def __init__(self, hidden=(32, 16), rate=0.05, decay=1e-3):
        self.x = tf.placeholder(tf.float32, [None, 64], name="x")
        self.y = tf.placeholder(tf.float32, [None, 10], name="y")
        net = self.x
        for at, size in enumerate(hidden):
            net = layer(net, size, "hidden%d" % (at + 1), tf.nn.relu)
        logits = layer(net, 10, "logits")
        cross = tf.nn.softmax_cross_entropy_with_logits(labels=self.y, logits=logits)
        self.loss = tf.reduce_mean(cross) + decay * tf.add_n(tf.get_collection("weight_decay"))
        right = tf.equal(tf.argmax(logits, 1), tf.argmax(self.y, 1))
        self.accuracy = tf.reduce_mean(tf.cast(right, tf.float32))
        self.step = tf.Variable(0, trainable=False, name="global_step")
        rate = tf.train.exponential_decay(rate, self.step, 5, 0.9, staircase=True)
        self.train = tf.train.AdamOptimizer(rate).minimize(self.loss, global_step=self.step)
        tf.summary.scalar("loss", self.loss)
        self.summary = tf.summary.merge_all()


def build():
    """The net of the default sizes."""
    return Model()


def train(session, model, steps):
    """Trains; returns the loss of each step."""
    losses = []
    for _, (x, y) in zip(range(steps), batches(32)):
        loss, _, _ = session.run([model.loss, model.summary, model.train], feed_dict={model.x: x, model.y: y})
        losses.append(loss)
    return losses


def main():
    """Trains, and says how many of a new batch the net gets right."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=10)
    flags = parser.parse_args()
    model = build()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step, loss in enumerate(train(session, model, flags.steps)):
            print("step %d: loss %.4f" % (step, loss))
        x, y = next(batches(100, seed=1))
        print("accuracy %.2f" % session.run(model.accuracy, {model.x: x, model.y: y}))


if __name__ == "__main__":
    main()

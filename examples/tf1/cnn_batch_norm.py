"""A convolutional net with batch normalization and dropout on small images, as programs of 2017 wrote it."""

import argparse

import numpy as np
import tensorflow as tf


def block(net, filters, training, name):
    """Convolution, batch normalization, rectifier and pooling."""
    with tf.variable_scope(name):
        net = tf.layers.conv2d(net, filters, 3, padding="same", use_bias=False, name="conv")
        net = tf.layers.batch_normalization(net, momentum=0.9, training=training, name="bn")
        return tf.layers.max_pooling2d(tf.nn.relu(net), 2, 2)


def network(images, training, keep_prob):
    """Logits of ten classes."""
    net = block(images, 8, training, "block1")
    net = block(net, 16, training, "block2")
    net = tf.layers.flatten(net)
    net = tf.layers.dense(net, 32, activation=tf.nn.relu, name="fc")
    net = tf.nn.dropout(net, keep_prob)
    return tf.layers.dense(net, 10, name="logits")


class Model:
    """The graph: what is fed, and what is fetched."""

    def __init__(self):
        self.images = tf.placeholder(tf.float32, [None, 12, 12, 1], name="images")
        self.labels = tf.placeholder(tf.int32, [None], name="labels")
        self.training = tf.placeholder(tf.bool, [], name="training")
        self.keep_prob = tf.placeholder_with_default(1.0, [], name="keep_prob")
        logits = network(self.images, self.training, self.keep_prob)
        self.loss = tf.losses.sparse_softmax_cross_entropy(self.labels, logits)
        correct = tf.equal(tf.argmax(logits, 1), tf.cast(self.labels, tf.int64))
        self.accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
        self.step = tf.train.get_or_create_global_step()
        rate = tf.train.piecewise_constant(self.step, [5, 50], [0.05, 0.02, 0.01])
        with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
            optimizer = tf.train.MomentumOptimizer(rate, 0.9)
            self.train = optimizer.minimize(self.loss, global_step=self.step)


def batches(size=16, seed=0):
    """Endless batches of images with a bright square, whose place is the class."""
    random = np.random.RandomState(seed)
    while True:
        labels = random.randint(0, 10, size)
        images = 0.1 * random.standard_normal((size, 12, 12, 1))
        for image, label in zip(images, labels):
            image[label : label + 3, label : label + 3] += 1.0
        yield images.astype(np.float32), labels.astype(np.int32)


def build():
    """The net."""
    return Model()


def train(session, model, steps, keep_prob=1.0):
    """Trains, then looks with the moving averages; returns the loss of each step, and that of the look."""
    losses = []
    for _, (images, labels) in zip(range(steps), batches()):
        feed = {model.images: images, model.labels: labels, model.training: True}
        feed[model.keep_prob] = keep_prob
        loss, _ = session.run([model.loss, model.train], feed_dict=feed)
        losses.append(loss)
    feed.update({model.training: False, model.keep_prob: 1.0})
    losses.append(session.run(model.loss, feed_dict=feed))
    return losses


def main():
    """Trains, and says how many of a new batch the net gets right."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--dropout", type=float, default=0.4)
    flags = parser.parse_args()
    tf.set_random_seed(1)
    model = build()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for loss in train(session, model, flags.steps, 1 - flags.dropout):
            print("loss %.4f" % loss)
        images, labels = next(batches(seed=1))
        feed = {model.images: images, model.labels: labels, model.training: False}
        print("accuracy %.3f" % session.run(model.accuracy, feed))


if __name__ == "__main__":
    main()

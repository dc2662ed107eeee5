"""A graph convolutional net, after Kipf and Welling (2017): labels of some nodes, guesses of the others."""

import argparse

import numpy as np
import tensorflow as tf


def load_data(count=60, classes=3, seed=0):
    """A random graph whose nodes have neighbours of their own class mostly.

    Returns:
      The normalized adjacency, features, one-hot labels, and a mask of the nodes whose labels are known.
    """
    random = np.random.RandomState(seed)
    kinds = random.randint(0, classes, count)
    alike = kinds[:, None] == kinds[None, :]
    edges = random.rand(count, count) < np.where(alike, 0.3, 0.03)
    adjacency = np.maximum(edges, edges.T) + np.eye(count)
    root = np.diag(1 / np.sqrt(adjacency.sum(axis=1)))
    features = np.eye(classes)[kinds] * 0.3 + random.rand(count, classes)
    known = random.rand(count) < 0.3
    return root.dot(adjacency).dot(root), features, np.eye(classes)[kinds], known


def masked_cross_entropy(logits, labels, mask):
    """The cross entropy of the nodes that a mask chooses."""
    loss = tf.nn.softmax_cross_entropy_with_logits(logits=logits, labels=labels)
    mask = tf.cast(mask, dtype=tf.float32)
    mask /= tf.reduce_mean(mask)
    return tf.reduce_mean(loss * mask)


class GraphConvolution:
    """A layer: each node takes the mean of its neighbours, times a matrix."""

    def __init__(self, inputs, outputs, support, act, dropout, name):
        self.support, self.act, self.dropout = support, act, dropout
        with tf.variable_scope(name + "_vars"):
            limit = np.sqrt(6.0 / (inputs + outputs))
            start = tf.random_uniform([inputs, outputs], -limit, limit, dtype=tf.float32)
            self.weights = tf.Variable(start, name="weights_0")

    def __call__(self, x):
        """Applies the layer to the features of all nodes."""
        x = tf.nn.dropout(x, 1 - self.dropout)
        return self.act(tf.matmul(self.support, tf.matmul(x, self.weights)))


class GCN:
    """Two layers, the loss of the known nodes, and the accuracy of the others."""

    def __init__(self, count, features, classes, hidden=8, decay=5e-4):
        self.support = tf.placeholder(tf.float32, [count, count])
        self.features = tf.placeholder(tf.float32, [count, features])
        self.labels = tf.placeholder(tf.float32, [None, classes])
        self.mask = tf.placeholder(tf.int32, [count])
        self.dropout = tf.placeholder_with_default(0.0, shape=())
        first = GraphConvolution(features, hidden, self.support, tf.nn.relu, self.dropout, "layer_1")
        last = GraphConvolution(hidden, classes, self.support, lambda x: x, self.dropout, "layer_2")
        self.outputs = last(first(self.features))
        self.loss = decay * tf.nn.l2_loss(first.weights)
        self.loss += masked_cross_entropy(self.outputs, self.labels, self.mask)
        self.optimizer = tf.train.AdamOptimizer(learning_rate=0.05)
        self.train = self.optimizer.minimize(self.loss)
        right = tf.equal(tf.argmax(self.outputs, 1), tf.argmax(self.labels, 1))
        self.accuracy = tf.reduce_mean(tf.boolean_mask(tf.cast(right, tf.float32), self.mask < 1))


def build():
    """The net for the data."""
    adjacency, features, labels, _ = load_data()
    return GCN(len(adjacency), features.shape[1], labels.shape[1])


def feeds(model):
    """What the placeholders get."""
    adjacency, features, labels, known = load_data()
    return {
        model.support: adjacency,
        model.features: features,
        model.labels: labels,
        model.mask: known.astype(int),
    }


def train(session, model, steps):
    """Trains on the whole graph in each step; returns the losses."""
    return [session.run([model.train, model.loss], feed_dict=feeds(model))[1] for _ in range(steps)]


def main():
    """Trains, and says how many unknown nodes are guessed right."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=10)
    flags = parser.parse_args()
    model = build()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for epoch, loss in enumerate(train(session, model, flags.epochs)):
            print("epoch %d: loss %.4f" % (epoch, loss))
        print("accuracy %.2f" % session.run(model.accuracy, feeds(model)))


if __name__ == "__main__":
    main()

"""A Siamese net with the contrastive loss of Hadsell et al. (2006): two towers share their variables."""

import argparse

import numpy as np
import tensorflow as tf

MARGIN = 1.0


def pairs(batch_size, seed=0):
    """Endless batches of two images each, and whether they show the same pattern."""
    random = np.random.RandomState(seed)
    patterns = random.rand(4, 12, 12, 1) > 0.5

    def draw(kinds):
        return (patterns[kinds] + 0.2 * random.randn(len(kinds), 12, 12, 1)).astype(np.float32)

    while True:
        left = random.randint(0, 4, batch_size)
        right = np.where(random.rand(batch_size) < 0.5, left, random.randint(0, 4, batch_size))
        yield draw(left), draw(right), (left == right).astype(np.float32)


def tower(x, reuse=None):
    """An image as a point."""
    with tf.variable_scope("tower", reuse=reuse):
        for at, depth in enumerate((6, 8)):
            with tf.variable_scope("conv%d" % at):
                kernel = tf.get_variable(
                    "kernel", [3, 3, x.shape[-1].value, depth], initializer=tf.glorot_uniform_initializer()
                )
                bias = tf.get_variable("bias", [depth], initializer=tf.zeros_initializer())
                x = tf.nn.conv2d(x, kernel, strides=[1, 1, 1, 1], padding="SAME")
                x = tf.nn.relu(tf.nn.bias_add(x, bias))
                x = tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")
        return tf.layers.dense(tf.layers.flatten(x), 4, name="point")


class SiameseNet:
    """The towers, the loss and what trains them."""

    def __init__(self):
        self.left = tf.placeholder(tf.float32, [None, 12, 12, 1], name="left")
        self.right = tf.placeholder(tf.float32, [None, 12, 12, 1], name="right")
        self.same = tf.placeholder(tf.float32, [None], name="same")
        a, b = tower(self.left), tower(self.right, reuse=True)
        square = tf.reduce_sum(tf.square(a - b), 1)
        self.distance = tf.sqrt(square + 1e-6, name="distance")
        near = self.same * square
        far = (1 - self.same) * tf.square(tf.maximum(MARGIN - self.distance, 0.0))
        self.loss = 0.5 * tf.reduce_mean(near + far)
        self.global_step = tf.train.get_or_create_global_step()
        optimizer = tf.train.MomentumOptimizer(0.02, 0.9, use_nesterov=True)
        self.train = optimizer.minimize(self.loss, global_step=self.global_step)


def build():
    """The net."""
    return SiameseNet()


def train(session, model, steps):
    """Trains; returns the loss of each step."""
    losses = []
    for _, (left, right, same) in zip(range(steps), pairs(16)):
        feed = {model.left: left, model.right: right, model.same: same}
        loss, _ = session.run([model.loss, model.train], feed_dict=feed)
        losses.append(loss)
    return losses


def main():
    """Trains, and prints distances of pairs that are the same and not."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=10)
    flags = parser.parse_args()
    model = build()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step, loss in enumerate(train(session, model, flags.steps)):
            print("step %d: loss %.4f" % (step, loss))
        left, right, same = next(pairs(64, seed=0))
        distance = session.run(model.distance, {model.left: left, model.right: right})
        print("same %.3f, others %.3f" % (distance[same > 0].mean(), distance[same == 0].mean()))


if __name__ == "__main__":
    main()

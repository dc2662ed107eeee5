"""A variational autoencoder of binary images, as in Kingma and Welling (2014)."""

import argparse

import numpy as np
import tensorflow as tf


def batches(batch_size, seed=0):
    """Endless batches of 8x8 images with a filled rectangle each."""
    random = np.random.RandomState(seed)
    while True:
        images = np.zeros((batch_size, 8, 8), np.float32)
        for image in images:
            top, left = random.randint(0, 5, 2)
            height, width = random.randint(2, 5, 2)
            image[top : top + height, left : left + width] = 1
        yield images.reshape(batch_size, 64)


class VariationalAutoencoder:
    """Encoder and decoder, and the lower bound on the evidence that both maximize."""

    def __init__(self, hidden=24, latent=4, rate=0.01):
        self.latent = latent
        self.x = tf.placeholder(tf.float32, [None, 64], name="x")
        self.noise = tf.placeholder(tf.float32, [None, latent], name="noise")
        mean, log_variance = self._encode(self.x, hidden)
        self.code = mean + tf.exp(0.5 * log_variance) * self.noise
        logits = self._decode(self.code, hidden)
        self.images = tf.nn.sigmoid(logits, name="images")
        missed = tf.nn.sigmoid_cross_entropy_with_logits(labels=self.x, logits=logits)
        self.reconstruction = tf.reduce_mean(tf.reduce_sum(missed, axis=1))
        apart = 1 + log_variance - tf.square(mean) - tf.exp(log_variance)
        self.divergence = -0.5 * tf.reduce_mean(tf.reduce_sum(apart, axis=1))
        self.loss = self.reconstruction + self.divergence
        optimizer = tf.train.AdamOptimizer(rate)
        grads = optimizer.compute_gradients(self.loss)
        clipped = [(tf.clip_by_value(grad, -5.0, 5.0), variable) for grad, variable in grads]
        self.train = optimizer.apply_gradients(clipped)

    def _encode(self, x, hidden):
        with tf.variable_scope("encoder", initializer=tf.random_normal_initializer(stddev=0.1)):
            net = tf.layers.dense(x, hidden, activation=tf.nn.elu, name="hidden")
            net = tf.layers.dense(net, hidden, activation=tf.nn.tanh, name="hidden2")
            return (
                tf.layers.dense(net, self.latent, name="mean"),
                tf.layers.dense(net, self.latent, name="log_variance"),
            )

    def _decode(self, code, hidden):
        with tf.variable_scope("decoder"):
            net = tf.layers.dense(code, hidden, activation=tf.nn.tanh, name="hidden")
            net = tf.layers.dense(net, hidden, activation=tf.nn.softplus, name="hidden2")
            return tf.layers.dense(net, 64, name="logits")


def build():
    """The autoencoder of the default sizes."""
    return VariationalAutoencoder()


def train(session, model, steps):
    """Trains; returns the loss of each step."""
    random = np.random.RandomState(1)
    losses = []
    for _, x in zip(range(steps), batches(16)):
        feed = {model.x: x, model.noise: random.randn(len(x), model.latent)}
        loss, _ = session.run([model.loss, model.train], feed_dict=feed)
        losses.append(loss)
    return losses


def main():
    """Trains, and prints an image that was decoded from noise."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=10)
    flags = parser.parse_args()
    model = build()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step, loss in enumerate(train(session, model, flags.steps)):
            print("step %d: loss %.4f" % (step, loss))
        image = session.run(model.images, {model.code: np.zeros((1, model.latent))})[0]
        for row in image.reshape(8, 8):
            print("".join(" .:#"[int(3.99 * value)] for value in row))


if __name__ == "__main__":
    main()

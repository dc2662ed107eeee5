"""A Wasserstein GAN with a gradient penalty, after Gulrajani et al. (2017), on points of a ring."""

import argparse

import numpy as np
import tensorflow as tf

LAMBDA = 10.0
CRITIC_ITERS = 2
DIM = 16
BATCH_SIZE = 32


def points(seed=0):
    """Endless batches of points near eight centres."""
    random = np.random.RandomState(seed)
    while True:
        angles = random.randint(0, 8, BATCH_SIZE) * np.pi / 4
        centres = 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
        yield (centres + 0.02 * random.randn(BATCH_SIZE, 2)).astype(np.float32)


def dense(name, x, size, activation=None):
    """A fully connected layer with He's initial values."""
    with tf.variable_scope(name):
        width = x.get_shape().as_list()[-1]
        stddev = np.sqrt(2.0 / width)
        w = tf.get_variable("W", [width, size], initializer=tf.random_normal_initializer(stddev=stddev))
        b = tf.get_variable("b", [size], initializer=tf.zeros_initializer())
        out = tf.nn.bias_add(tf.matmul(x, w), b)
        return out if activation is None else activation(out)


def generator(noise):
    """Points of noise."""
    with tf.variable_scope("Generator", reuse=tf.AUTO_REUSE):
        net = dense("1", noise, DIM, tf.nn.relu)
        net = dense("2", net, DIM, tf.nn.relu)
        return dense("3", net, 2)


def critic(x):
    """How real points are."""
    with tf.variable_scope("Discriminator", reuse=tf.AUTO_REUSE):
        net = dense("1", x, DIM, tf.nn.relu)
        net = dense("2", net, DIM, tf.tanh)
        return tf.reshape(dense("3", net, 1), [-1])


class Model:
    """Losses and optimizers of both nets."""

    def __init__(self):
        self.real = tf.placeholder(tf.float32, [BATCH_SIZE, 2])
        self.noise = tf.placeholder(tf.float32, [BATCH_SIZE, 2])
        self.alpha = tf.placeholder(tf.float32, [BATCH_SIZE, 1])
        fake = generator(self.noise)
        by_fake, by_real = critic(fake), critic(self.real)
        self.critic_loss = tf.reduce_mean(by_fake) - tf.reduce_mean(by_real)
        between = self.real + self.alpha * (fake - self.real)
        slopes = tf.gradients(critic(between), [between])[0]
        length = tf.sqrt(tf.reduce_sum(tf.square(slopes), axis=[1]))
        self.critic_loss += LAMBDA * tf.reduce_mean((length - 1) ** 2)
        self.generator_loss = -tf.reduce_mean(by_fake)

        def train(loss, scope):
            variables = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=scope)
            return tf.train.AdamOptimizer(1e-3, beta1=0.5, beta2=0.9).minimize(loss, var_list=variables)

        self.critic_train = train(self.critic_loss, "Discriminator")
        self.generator_train = train(self.generator_loss, "Generator")


def build():
    """The two nets."""
    return Model()


def train(session, model, steps):
    """Trains the critic some times for each step of the generator; returns the losses."""
    random = np.random.RandomState(1)
    data = points()
    losses = []
    for _ in range(steps):
        for _ in range(CRITIC_ITERS):
            feed = {
                model.real: next(data),
                model.noise: random.randn(BATCH_SIZE, 2),
                model.alpha: random.rand(BATCH_SIZE, 1),
            }
            loss, _ = session.run([model.critic_loss, model.critic_train], feed)
            losses.append(loss)
        noise = random.randn(BATCH_SIZE, 2)
        losses.append(session.run([model.generator_loss, model.generator_train], {model.noise: noise})[0])
    return losses


def main():
    """Trains, and prints the losses."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=10)
    steps = parser.parse_args().steps
    model = build()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for at, loss in enumerate(train(session, model, steps)):
            print("%s loss %.4f" % ("critic" if (at + 1) % 3 else "generator", loss))


if __name__ == "__main__":
    main()

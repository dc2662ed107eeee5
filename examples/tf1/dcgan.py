"""A generative adversarial net of convolutions with batch norm, after Radford et al. (2016)."""

import argparse

import numpy as np
import tensorflow as tf

flags = argparse.Namespace(batch_size=16, z_dim=6, depth=8, learning_rate=2e-3, beta1=0.5)


def lrelu(x, leak=0.2):
    """The leaky relu."""
    return tf.maximum(x, leak * x)


def batch_norm(x, training, name):
    """Batch norm, whose moving averages are updated by UPDATE_OPS."""
    return tf.layers.batch_normalization(
        x, momentum=0.9, epsilon=1e-5, scale=True, training=training, name=name
    )


def images(seed=0):
    """Endless batches of stripes, upright or level, with values from -1 to 1."""
    random = np.random.RandomState(seed)
    while True:
        made = []
        for phase in random.randint(0, 4, flags.batch_size):
            wave = np.sin(np.arange(8) + phase)[:, None] * np.ones(8)
            made.append(wave if phase % 2 else wave.T)
        yield np.array(made, np.float32)[..., None]


class DCGAN:
    """Generator, discriminator and their optimizers."""

    def __init__(self):
        self.images = tf.placeholder(tf.float32, [flags.batch_size, 8, 8, 1], name="real_images")
        self.z = tf.placeholder(tf.float32, [None, flags.z_dim], name="z")
        self.made = self.generator(self.z)
        real = self.discriminator(self.images)
        fake = self.discriminator(self.made, reuse=True)
        cross = tf.nn.sigmoid_cross_entropy_with_logits
        d_real = tf.reduce_mean(cross(logits=real, labels=tf.ones_like(real)))
        d_fake = tf.reduce_mean(cross(logits=fake, labels=tf.zeros_like(fake)))
        self.d_loss = d_real + d_fake
        self.g_loss = tf.reduce_mean(cross(logits=fake, labels=tf.ones_like(fake)))
        variables = tf.trainable_variables()
        updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
        with tf.control_dependencies(updates):
            self.d_train = self._minimize(self.d_loss, [v for v in variables if "d_" in v.name])
            self.g_train = self._minimize(self.g_loss, [v for v in variables if "g_" in v.name])

    def _minimize(self, loss, variables):
        optimizer = tf.train.AdamOptimizer(flags.learning_rate, beta1=flags.beta1)
        return optimizer.minimize(loss, var_list=variables)

    def discriminator(self, x, reuse=False):
        """The logit of an image being real."""
        with tf.variable_scope("discriminator", reuse=reuse):
            net = lrelu(tf.layers.conv2d(x, flags.depth, 5, 2, "same", name="d_h0_conv"))
            net = tf.layers.conv2d(net, 2 * flags.depth, 5, 2, "same", name="d_h1_conv")
            net = lrelu(batch_norm(net, True, "d_bn1"))
            return tf.layers.dense(tf.layers.flatten(net), 1, name="d_h2_lin")

    def generator(self, z):
        """Images of noise."""
        with tf.variable_scope("generator"):
            net = tf.layers.dense(z, 2 * 2 * 2 * flags.depth, name="g_h0_lin")
            net = tf.reshape(net, [-1, 2, 2, 2 * flags.depth])
            net = tf.nn.relu(batch_norm(net, True, "g_bn0"))
            net = tf.layers.conv2d_transpose(net, flags.depth, 5, 2, "same", name="g_h1")
            net = tf.nn.relu(batch_norm(net, True, "g_bn1"))
            return tf.nn.tanh(tf.layers.conv2d_transpose(net, 1, 5, 2, "same", name="g_h2"))


def build():
    """The two nets."""
    return DCGAN()


def train(session, model, steps):
    """Trains the discriminator and the generator in turns; returns both losses of each step."""
    random = np.random.RandomState(1)
    losses = []
    for _, real in zip(range(steps), images()):
        z = random.uniform(-1, 1, [flags.batch_size, flags.z_dim])
        d_loss, _ = session.run([model.d_loss, model.d_train], {model.images: real, model.z: z})
        g_loss, _ = session.run([model.g_loss, model.g_train], {model.images: real, model.z: z})
        losses += [d_loss, g_loss]
    return losses


def main():
    """Trains, and prints the losses."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=10)
    steps = parser.parse_args().steps
    model = build()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        losses = train(session, model, steps)
    for step in range(steps):
        print("step %d: d_loss %.4f, g_loss %.4f" % (step, losses[2 * step], losses[2 * step + 1]))


if __name__ == "__main__":
    main()

"""A Siamese network: two towers that share their variables, in the three ways of TensorFlow 1.

Run it with `python examples/siamese.py`.
"""

import numpy as np
import scopetrie as tf


def tower(images):
    """Features `[N, 16]` of images `[N, H, W, 1]`, with the variables of the caller's scope."""
    with tf.variable_scope("conv1"):
        filters = tf.get_variable(
            "filters", [5, 5, 1, 8], initializer=tf.truncated_normal_initializer(stddev=0.2)
        )
        biases = tf.get_variable("biases", [8], initializer=tf.zeros_initializer())
        maps = tf.nn.relu(tf.nn.conv2d(images, filters, strides=[1, 2, 2, 1], padding="SAME") + biases)
    with tf.variable_scope("features"):
        means = tf.reduce_mean(maps, [1, 2])
        weights = tf.get_variable("weights", [8, 16], initializer=tf.random_normal_initializer())
        return tf.matmul(means, weights)


def distance(one, other):
    return tf.sqrt(tf.reduce_sum(tf.squared_difference(one, other), 1))


def by_reuse(left, right):
    """Open the scope twice, the second time with reuse=True. A misspelt name is then an error."""
    with tf.variable_scope("by_reuse"):
        one = tower(left)
    with tf.variable_scope("by_reuse", reuse=True):
        return distance(one, tower(right))


def by_reuse_variables(left, right):
    """Open the scope once, and switch it to reuse after the first tower."""
    with tf.variable_scope("by_reuse_variables") as scope:
        one = tower(left)
        scope.reuse_variables()
        return distance(one, tower(right))


def by_auto_reuse(left, right):
    """Create variables that do not exist and share those that do: any number of towers in a loop."""
    features = []
    for images in (left, right):
        with tf.variable_scope("by_auto_reuse", reuse=tf.AUTO_REUSE):
            features.append(tower(images))
    return distance(*features)


def main():
    tf.set_random_seed(1)
    left = tf.placeholder(tf.float32, [None, 16, 16, 1], name="left")
    right = tf.placeholder(tf.float32, [None, 16, 16, 1], name="right")
    distances = [build(left, right) for build in (by_reuse, by_reuse_variables, by_auto_reuse)]
    for variable in tf.global_variables():
        print(variable.name, variable.shape)

    random = np.random.default_rng(0)
    images, others = random.random((2, 4, 16, 16, 1), np.float32)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for way, same, different in zip(
            ("by_reuse", "by_reuse_variables", "by_auto_reuse"),
            session.run(distances, {left: images, right: images}),
            session.run(distances, {left: images, right: others}),
            strict=True,
        ):
            assert not same.any(), "the towers share their variables, so equal images have equal features"
            print(f"{way}: equal images {same.mean():.3f} apart, different ones {different.mean():.3f}")


if __name__ == "__main__":
    main()

"""A convolutional net with batch normalization and dropout on small images, as programs of 2017 wrote it."""

import numpy as np
import scopetrie.compat.v1 as tf


def block(net, filters, training, name):
    """Convolution, batch normalization, rectifier and pooling."""
    with tf.variable_scope(name):
        net = tf.layers.conv2d(net, filters, 3, padding="same", use_bias=False, name="conv")
        net = tf.layers.batch_normalization(net, momentum=0.9, training=training, name="bn")
        return tf.layers.max_pooling2d(tf.nn.relu(net), 2, 2)


def model(images, training, dropout=0.4):
    """Logits of ten classes."""
    net = block(images, 8, training, "block1")
    net = block(net, 16, training, "block2")
    net = tf.layers.flatten(net)
    net = tf.layers.dense(net, 32, activation=tf.nn.relu, name="fc")
    net = tf.layers.dropout(net, dropout, training=training)
    return tf.layers.dense(net, 10, name="logits")


def build(dropout=0.4):
    """The graph: what is fed, and what is fetched."""
    images = tf.placeholder(tf.float32, [None, 12, 12, 1], name="images")
    labels = tf.placeholder(tf.int32, [None], name="labels")
    training = tf.placeholder(tf.bool, [], name="training")
    logits = model(images, training, dropout)
    loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
    correct = tf.equal(tf.argmax(logits, 1), tf.cast(labels, tf.int64))
    accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
    updates = tf.group(*tf.get_collection(tf.GraphKeys.UPDATE_OPS))
    return {
        "images": images,
        "labels": labels,
        "training": training,
        "loss": loss,
        "accuracy": accuracy,
        "updates": updates,
    }


def batches(count, size=16, seed=0):
    """Images with a bright square, whose place is the class."""
    random = np.random.RandomState(seed)
    for _ in range(count):
        labels = random.randint(0, 10, size)
        images = 0.1 * random.standard_normal((size, 12, 12, 1))
        for image, label in zip(images, labels, strict=True):
            image[label : label + 3, label : label + 3] += 1.0
        yield images.astype(np.float32), labels.astype(np.int32)


def main(steps=3):
    """Runs the net forward in training mode, then with the moving averages."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(1)
        net = build()
        session.run(tf.global_variables_initializer())
        for images, labels in batches(steps):
            feed = {net["images"]: images, net["labels"]: labels, net["training"]: True}
            loss, _ = session.run([net["loss"], net["updates"]], feed)
            print(f"loss {loss:.4f}")
        feed[net["training"]] = False
        print(f"accuracy {session.run(net['accuracy'], feed):.3f}")


if __name__ == "__main__":
    main()

"""Word vectors by skip-grams and noise-contrastive estimation, as the tutorial of 2015 had them."""

import argparse
import collections

import numpy as np
import tensorflow as tf

TEXT = "the quick fox jumps over the lazy dog while the quick cat sleeps under the lazy tree " * 12
VOCABULARY_SIZE = 12
EMBEDDING_SIZE = 8
NUM_SAMPLED = 4


def build_dataset(words):
    """The words as numbers, the most frequent ones first; 0 stands for all others."""
    counts = collections.Counter(words)
    frequent = sorted(counts, key=lambda word: (-counts[word], word))[: VOCABULARY_SIZE - 1]
    dictionary = {word: at for at, word in enumerate(["UNK"] + frequent)}
    return [dictionary.get(word, 0) for word in words], dictionary


def generate_batches(data, batch_size, window=2, seed=0):
    """Endless batches of words, and of a word near each."""
    random = np.random.RandomState(seed)
    while True:
        centres = random.randint(window, len(data) - window, batch_size)
        shifts = random.randint(1, window + 1, batch_size) * random.choice([-1, 1], batch_size)
        yield np.take(data, centres), np.take(data, centres + shifts)[:, None]


class Word2Vec:
    """Embeddings, and the loss that trains them."""

    def __init__(self):
        self.inputs = tf.placeholder(tf.int32, shape=[None])
        self.labels = tf.placeholder(tf.int32, shape=[None, 1])
        start = tf.random_uniform([VOCABULARY_SIZE, EMBEDDING_SIZE], -1.0, 1.0)
        self.embeddings = tf.Variable(start, name="embeddings")
        embed = tf.nn.embedding_lookup(self.embeddings, self.inputs)
        stddev = 1.0 / np.sqrt(EMBEDDING_SIZE)
        start = tf.truncated_normal([VOCABULARY_SIZE, EMBEDDING_SIZE], stddev=stddev)
        nce_weights = tf.Variable(start, name="nce_weights")
        nce_biases = tf.Variable(tf.zeros([VOCABULARY_SIZE]), name="nce_biases")
        # What is drawn can be fed: any tensor can.
        self.sampled = tf.nn.log_uniform_candidate_sampler(
            tf.cast(self.labels, tf.int64), 1, NUM_SAMPLED, True, VOCABULARY_SIZE
        )
        self.loss = tf.reduce_mean(
            tf.nn.nce_loss(
                weights=nce_weights,
                biases=nce_biases,
                labels=self.labels,
                inputs=embed,
                num_sampled=NUM_SAMPLED,
                num_classes=VOCABULARY_SIZE,
                sampled_values=self.sampled,
            )
        )
        self.train = tf.train.GradientDescentOptimizer(0.5).minimize(self.loss)
        norm = tf.sqrt(tf.reduce_sum(tf.square(self.embeddings), 1, keep_dims=True))
        self.normalized = self.embeddings / norm


def build():
    """The model."""
    return Word2Vec()


def draws(labels, random):
    """Candidates, and how often labels and candidates are to be expected, as the sampler gives them."""
    ranks = np.arange(VOCABULARY_SIZE)
    chance = np.log((ranks + 2.0) / (ranks + 1.0)) / np.log(VOCABULARY_SIZE + 1.0)
    candidates = random.choice(VOCABULARY_SIZE, NUM_SAMPLED, replace=False)
    expected = 1 - (1 - chance) ** NUM_SAMPLED
    return candidates, expected[labels], expected[candidates]


def train(session, model, steps):
    """Trains with candidates from NumPy; returns the loss of each step."""
    data, _ = build_dataset(TEXT.split())
    random = np.random.RandomState(1)
    losses = []
    for _, (inputs, labels) in zip(range(steps), generate_batches(data, 16)):
        feed = {model.inputs: inputs, model.labels: labels}
        feed.update(zip(model.sampled, draws(labels, random)))
        loss, _ = session.run([model.loss, model.train], feed_dict=feed)
        losses.append(loss)
    return losses


def main():
    """Trains, and prints the nearest word of some."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=10)
    flags = parser.parse_args()
    model = build()
    _, dictionary = build_dataset(TEXT.split())
    words = list(dictionary)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step, loss in enumerate(train(session, model, flags.steps)):
            print("step %d: loss %.4f" % (step, loss))
        vectors = session.run(model.normalized)
    near = vectors.dot(vectors.T) - 2 * np.eye(len(vectors))
    for word in ("quick", "lazy"):
        print("nearest to %s: %s" % (word, words[near[dictionary[word]].argmax()]))


if __name__ == "__main__":
    main()

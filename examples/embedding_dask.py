"""A two-tower model whose table of items is spread over a cluster; a worker is killed half-way.

Users have a few numbers each, which a layer turns into a vector; items have a row of a table in eight parts,
each at a worker of a cluster. Users like the items whose vectors are near to theirs. After a number of steps
one worker is killed: the store goes back to the last generation, and training goes on from there.

Run it with `python examples/embedding_dask.py`; it needs `pip install "scopetrie[dask]"`.
"""

import argparse
import os
import signal
import tempfile

import numpy as np
import scopetrie as tf
from scopetrie.partitioned import PartitionedStore, WorkerLostError

ITEMS, FEATURES, SIZE, BATCH = 10_000, 16, 32, 256


def build():
    """The graph: returns its placeholders, the loss, the operation that trains, and the step."""
    users = tf.placeholder(tf.float32, [None, FEATURES], "users")
    items = tf.placeholder(tf.int64, [None], "items")
    likes = tf.placeholder(tf.float32, [None], "likes")
    with tf.variable_scope("user_tower"):
        user = tf.layers.dense(users, SIZE, name="dense")
    with tf.variable_scope("item_tower"):
        table = tf.get_variable(
            "table",
            [ITEMS, SIZE],
            initializer=tf.random_normal_initializer(stddev=0.3, seed=1),
            partitioner=tf.fixed_size_partitioner(8),
        )
        item = tf.nn.embedding_lookup(table, items)
    logits = tf.reduce_sum(user * item, 1)
    loss = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(labels=likes, logits=logits))
    step = tf.train.get_or_create_global_step()
    train = tf.train.AdagradOptimizer(0.3).minimize(loss, global_step=step)
    return (users, items, likes), loss, train, step


def batches(seed):
    """Users, items, and whether they like them: each item has a direction of its own."""
    random = np.random.default_rng(seed)
    tastes = np.random.default_rng(0).normal(size=(ITEMS, FEATURES))
    while True:
        users = random.normal(size=(BATCH, FEATURES)).astype(np.float32)
        items = random.integers(0, ITEMS // 100, BATCH)
        yield users, items, ((users * tastes[items]).sum(1) > 0).astype(np.float32)


def kill_a_worker(store):
    pids = store.client.run(os.getpid)
    victim = sorted(pids.values())[0]
    print(f"killing the worker with process id {victim}")
    os.kill(victim, signal.SIGKILL)


def main(steps):
    with (
        tempfile.TemporaryDirectory() as folder,
        PartitionedStore(workers=2, seed=0) as store,
        tf.Graph().as_default(),
    ):
        feeds, loss, train, step = build()
        with tf.Session(store=store) as session:
            session.run(tf.global_variables_initializer())
            store.save(folder)
            losses, killed = [], False
            data = batches(seed=0)
            while (now := int(session.run(step))) < steps:
                if now == steps // 2 and not killed:
                    kill_a_worker(store)
                    killed = True
                try:
                    value, _ = session.run([loss, train], dict(zip(feeds, next(data), strict=True)))
                except WorkerLostError as error:
                    print(f"lost: {', '.join(error.parts)}")
                    print(f"all parts are back at generation {store.recover()}, step {session.run(step)}")
                    continue
                losses.append(float(value))
                if (now + 1) % 20 == 0:
                    store.save(folder)
                    print(f"step {now + 1}: loss {np.mean(losses[-20:]):.3f}, generation {store.generation}")
    assert killed and np.mean(losses[-10:]) < 0.75 * np.mean(losses[:10]), losses
    print("ok")


if __name__ == "__main__":  # the cluster's processes import this file
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=100)
    main(parser.parse_args().steps)

"""Deep Q-learning with a target net and a memory, after Mnih et al. (2015), on a cart that is pushed."""

import argparse
import collections
import random

import numpy as np
import tensorflow as tf

FLAGS = argparse.Namespace(gamma=0.95, batch_size=16, memory=500, copy_every=5, rate=2e-3, epsilon=0.3)
Transition = collections.namedtuple("Transition", "state action reward next_state done")


class Cart:
    """A cart on a line: pushes to the left, none, or to the right are to keep it in the middle."""

    actions = 3

    def __init__(self, seed):
        self.random = np.random.RandomState(seed)

    def reset(self):
        """Puts the cart somewhere; returns its place and speed."""
        self.state = self.random.uniform(-0.5, 0.5, 2)
        self.steps = 0
        return self.state

    def step(self, action):
        """Pushes it; returns the new state, the reward, and whether the episode is over."""
        place, speed = self.state
        speed = 0.9 * speed + 0.1 * (action - 1)
        self.state = np.array([place + 0.2 * speed, speed])
        self.steps += 1
        return self.state, 1 - abs(self.state[0]), abs(self.state[0]) > 1 or self.steps >= 20


def q_network(states, scope, trainable=True):
    """The values of all actions."""
    with tf.variable_scope(scope):
        net = tf.layers.dense(states, 16, activation=tf.nn.relu, name="fc1", trainable=trainable)
        net = tf.layers.dense(net, 16, activation=tf.nn.relu, name="fc2", trainable=trainable)
        return tf.layers.dense(net, Cart.actions, name="q", trainable=trainable)


class DQN:
    """Both nets, the loss, and the copy from one to the other."""

    def __init__(self):
        self.states = tf.placeholder(tf.float32, [None, 2], name="states")
        self.next_states = tf.placeholder(tf.float32, [None, 2], name="next_states")
        self.actions = tf.placeholder(tf.int32, [None], name="actions")
        self.rewards = tf.placeholder(tf.float32, [None], name="rewards")
        self.dones = tf.placeholder(tf.float32, [None], name="dones")
        self.values = q_network(self.states, "online")
        best = tf.reduce_max(q_network(self.next_states, "target", trainable=False), axis=1)
        wanted = tf.stop_gradient(self.rewards + FLAGS.gamma * (1.0 - self.dones) * best)
        chosen = tf.reduce_sum(self.values * tf.one_hot(self.actions, Cart.actions), axis=1)
        self.loss = tf.losses.huber_loss(wanted, chosen)
        optimizer = tf.train.RMSPropOptimizer(FLAGS.rate, decay=0.95, momentum=0.5, epsilon=0.01)
        grads = optimizer.compute_gradients(self.loss, tf.trainable_variables("online"))
        clipped = [(tf.clip_by_norm(grad, 10.0), variable) for grad, variable in grads]
        self.train = optimizer.apply_gradients(clipped)
        of_online = tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope="online")
        of_target = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope="target")
        self.copy = tf.group(*[b.assign(a) for a, b in zip(of_online, of_target)], name="copy")

    def act(self, session, state):
        """The action of the largest value."""
        return int(np.argmax(session.run(self.values, {self.states: state[None]})[0]))


def build():
    """The nets."""
    return DQN()


def train(session, model, steps):
    """Plays and trains; returns the loss of each step."""
    chance = random.Random(1)
    cart, memory = Cart(0), collections.deque(maxlen=FLAGS.memory)
    session.run(model.copy)
    losses = []
    state = cart.reset()
    while len(losses) < steps:
        explores = chance.random() < FLAGS.epsilon
        action = chance.randrange(Cart.actions) if explores else model.act(session, state)
        next_state, reward, done = cart.step(action)
        memory.append(Transition(state, action, reward, next_state, float(done)))
        state = cart.reset() if done else next_state
        if len(memory) < FLAGS.batch_size:
            continue
        batch = Transition(*map(np.array, zip(*chance.sample(list(memory), FLAGS.batch_size))))
        feed = {
            model.states: batch.state,
            model.actions: batch.action,
            model.rewards: batch.reward,
            model.next_states: batch.next_state,
            model.dones: batch.done,
        }
        loss, _ = session.run([model.loss, model.train], feed_dict=feed)
        losses.append(loss)
        if len(losses) % FLAGS.copy_every == 0:
            session.run(model.copy)
    return losses


def main():
    """Trains, and plays an episode without exploring."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=10)
    steps = parser.parse_args().steps
    tf.set_random_seed(1)
    model = build()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step, loss in enumerate(train(session, model, steps)):
            print("step %d: loss %.4f" % (step, loss))
        cart = Cart(1)
        state, total, done = cart.reset(), 0.0, False
        while not done:
            state, reward, done = cart.step(model.act(session, state))
            total += reward
        print("an episode's rewards: %.2f" % total)


if __name__ == "__main__":
    main()

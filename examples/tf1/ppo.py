"""Proximal policy optimization, after Schulman et al. (2017), on a point that is to go to the origin."""

import argparse

import numpy as np
import tensorflow as tf

FLAGS = argparse.Namespace(gamma=0.9, lam=0.95, clip=0.2, epochs=2, length=32, rate=3e-3, entropy=0.01)


class Plane:
    """A point on a plane that moves as the action says; far away is bad."""

    def __init__(self, seed=0):
        self.random = np.random.RandomState(seed)
        self.steps = 0
        self.place = self.random.randn(2)

    def step(self, action):
        """Moves; returns the reward, and whether the point was put elsewhere."""
        self.place = self.place + np.clip(action, -0.5, 0.5)
        reward = -np.square(self.place).sum()
        self.steps += 1
        done = self.steps % 8 == 0
        if done:
            self.place = self.random.randn(2)
        return reward, done


def diagonal_gaussian(x, mean, log_std):
    """The logarithm of the density, summed over the dimensions."""
    scaled = (x - mean) / tf.exp(log_std)
    return -tf.reduce_sum(0.5 * tf.square(scaled) + log_std + 0.5 * np.log(2 * np.pi), axis=1)


class PPO:
    """Policy, value function, and the clipped surrogate objective."""

    def __init__(self):
        self.states = tf.placeholder(tf.float32, [None, 2], "states")
        self.actions = tf.placeholder(tf.float32, [None, 2], "actions")
        self.advantages = tf.placeholder(tf.float32, [None], "advantages")
        self.returns = tf.placeholder(tf.float32, [None], "returns")
        self.noise = tf.placeholder(tf.float32, [None, 2], "noise")
        mean, log_std = self._policy("pi")
        old_mean, old_log_std = self._policy("old_pi", trainable=False)
        self.sample = old_mean + tf.exp(old_log_std) * self.noise
        with tf.variable_scope("value"):
            net = tf.layers.dense(self.states, 16, tf.tanh, name="hidden")
            self.value = tf.squeeze(tf.layers.dense(net, 1, name="out"), axis=1)
        new = diagonal_gaussian(self.actions, mean, log_std)
        old = diagonal_gaussian(self.actions, old_mean, old_log_std)
        ratio = tf.exp(new - tf.stop_gradient(old))
        clipped = tf.clip_by_value(ratio, 1 - FLAGS.clip, 1 + FLAGS.clip)
        surrogate = tf.minimum(ratio * self.advantages, clipped * self.advantages)
        self.policy_loss = -tf.reduce_mean(surrogate)
        self.value_loss = tf.reduce_mean(tf.squared_difference(self.value, self.returns))
        entropy = tf.reduce_sum(log_std + 0.5 * np.log(2 * np.pi * np.e))
        self.loss = self.policy_loss + 0.5 * self.value_loss - FLAGS.entropy * entropy
        self.train = tf.train.AdamOptimizer(FLAGS.rate, epsilon=1e-5).minimize(self.loss)
        pi = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope="pi")
        old_pi = tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope="old_pi")
        pi = [variable for variable in pi if "Adam" not in variable.name]
        self.update_old = [old.assign(new) for new, old in zip(pi, old_pi)]

    def _policy(self, scope, trainable=True):
        with tf.variable_scope(scope):
            net = tf.layers.dense(self.states, 16, tf.tanh, name="hidden", trainable=trainable)
            mean = tf.layers.dense(net, 2, name="mean", trainable=trainable)
            log_std = tf.get_variable(
                "log_std", [2], initializer=tf.constant_initializer(-0.5), trainable=trainable
            )
            return mean, log_std


def build():
    """The nets."""
    return PPO()


def advantages(rewards, values, dones, last):
    """Generalized advantage estimation."""
    result = np.zeros(len(rewards))
    total, following = 0.0, last
    for at in reversed(range(len(rewards))):
        goes_on = 1.0 - dones[at]
        error = rewards[at] + FLAGS.gamma * following * goes_on - values[at]
        total = error + FLAGS.gamma * FLAGS.lam * goes_on * total
        result[at], following = total, values[at]
    return result


def rollout(session, model, plane, random):
    """Plays; returns what the losses need."""
    states, actions, rewards, values, dones = [], [], [], [], []
    for _ in range(FLAGS.length):
        feed = {model.states: plane.place[None], model.noise: random.randn(1, 2)}
        action, value = session.run([model.sample, model.value], feed_dict=feed)
        states.append(plane.place)
        actions.append(action[0])
        values.append(value[0])
        reward, done = plane.step(action[0])
        rewards.append(reward)
        dones.append(done)
    last = session.run(model.value, {model.states: plane.place[None]})[0]
    better = advantages(rewards, values, dones, last)
    scaled = (better - better.mean()) / (better.std() + 1e-8)
    return np.array(states), np.array(actions), scaled, better + values, np.mean(rewards)


def train(session, model, steps):
    """Plays and trains; returns the losses."""
    plane, random = Plane(), np.random.RandomState(1)
    losses = []
    while len(losses) < steps:
        session.run(model.update_old)
        states, actions, better, returns, _ = rollout(session, model, plane, random)
        feed = {
            model.states: states,
            model.actions: actions,
            model.advantages: better,
            model.returns: returns,
        }
        for _ in range(FLAGS.epochs):
            loss, _ = session.run([model.loss, model.train], feed_dict=feed)
            losses.append(loss)
    return losses[:steps]


def main():
    """Trains, and prints the mean reward before and after."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=10)
    steps = parser.parse_args().steps
    tf.set_random_seed(1)
    model = build()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        before = rollout(session, model, Plane(2), np.random.RandomState(3))[-1]
        for step, loss in enumerate(train(session, model, steps)):
            print("step %d: loss %.4f" % (step, loss))
        after = rollout(session, model, Plane(2), np.random.RandomState(3))[-1]
        print("mean reward %.3f, then %.3f" % (before, after))


if __name__ == "__main__":
    main()

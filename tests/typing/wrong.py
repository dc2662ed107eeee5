"""Lines of user code that type checkers must report, one by one; see test_checkers.py."""

from __future__ import annotations

import scopetrie as tf

x = tf.placeholder(tf.float32, [None, 4], name="x")
w = tf.get_variable("w", [4, 2])
session = tf.Session()
store = tf.Store()
names = tf.Names()
# Each of these is wrong.

tf.get_variable()  # no name
tf.get_variable(3, [4])  # a name is a str
tf.get_variable("w", [4], "flaot32")  # a dtype's name
tf.get_variable("w", [4], initializer="ones_like")  # an initializer's name
tf.get_variable("w", [4], initialiser=tf.zeros_initializer())  # no such argument
tf.get_variable("w", ["4"])  # sizes are ints
tf.get_variable("w", [4], trainable="yes")  # a bool
tf.variable_scope("a", reuse="auto")  # True, False, None or tf.AUTO_REUSE
tf.variable_scope(1)  # a name or a scope
tf.variable_scope("a", reuse="auto")  # reuse
tf.variable_scope(1)  # a name or a scope
w.assing(1.0)  # a method
w.nmae  # an attribute
x.numpy()  # no such method in v1
x.shape.as_lists()
tf.nn.relu(x, nmae="y")
tf.nn.rleu(x)
tf.reduce_sum(x, axes=1)
tf.matmul(x)
tf.placeholder()
tf.placeholder("flaot32")
tf.Session().runn(x)
session.run()
session.run(x).nmae  # an array
session.run(3)  # no fetch
session.run([x, w]).shape  # a list
session.run({"a": x}).shape  # a dict
session.run(tf.no_op()).shape  # None
for v in tf.global_variables():
    v.nmae
tf.global_variables(scope=3)
tf.get_default_graph().get_operation("x")
tf.get_default_graph().unique_name(3)
tf.name_scope(3)
with tf.name_scope("a") as scope:
    scope.name
with tf.variable_scope("a") as vs:
    vs.nmae
    vs.get_variable(3)
    vs.get_variable("a").nmae
tf.cast(x, "flaot")
tf.constant([1.0]).dtype.nmae
tf.constant()
(x + w).nmae
x[0].nmae
tf.concat([x, x])
tf.train.latest_checkpoints("a")
tf.Graph().as_defaults()
store.gte("w")
store.get(3)
store.get("w", [4]).nmae
names.unique(3)
names.unique_name(3)
tf.split(x, 2)[0].nmae
tf.Variable(1.0).nmae
tf.train.get_global_step().nmae
tf.zeros([2]).op.nmae
tf.add(x, w, nmae="a")
tf.add(x).dtype
tf.unique(x).nmae

"""Random expressions whose static shapes follow from sizes that are only partly known.

With a Python that has TensorFlow, `python tests/recorded/partial_shapes.py` records in partial_shapes.json
what it says of them.
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).with_suffix(".json")
RECORDED_EXPRESSIONS = 800

SHAPES = {"x": [2, None, 5], "y": [None, 3], "z": [4, 1], "w": None, "v": [6]}
RANKS = {"x": 3, "y": 2, "z": 2, "v": 1}


class Expressions:
    """Draws expressions of ops by v1's names.

    Args:
        seed: The same seed gives the same expressions.
    """

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)

    def size(self, depth: int = 0) -> str:
        """A scalar of sizes."""
        draw = self.draw
        of = draw.choice("xyzxyzvw")
        at = draw.randrange(-RANKS.get(of, 2), RANKS.get(of, 2))
        choices = [
            lambda: f"tf.shape({of})[{at}]",
            lambda: f"tf.shape({of})[{at}]",
            lambda: str(draw.randint(1, 4)),
            lambda: "n",
            lambda: f"tf.constant({draw.randint(1, 4)})",
            lambda: f"tf.size({of})",
            lambda: f"tf.rank({of})",
        ]
        if depth < 2:
            a, b = (self.size(depth + 1) for _ in range(2))
            vector = self.vector(depth + 1)
            choices += [
                lambda: f"({a} + {b})",
                lambda: f"({a} * {b})",
                lambda: f"({a} - {b} + 3)",
                lambda: f"({a} // 2)",
                lambda: f"({a} % 3)",
                lambda: f"-(-{a})",
                lambda: f"tf.maximum({a}, {b})",
                lambda: f"tf.minimum({a}, {b})",
                lambda: f"tf.reduce_prod({vector})",
                lambda: f"tf.reduce_sum({vector})",
                lambda: f"tf.reduce_max({vector})",
                lambda: f"tf.identity({a})",
                lambda: f"tf.cast(tf.cast({a}, tf.int64), tf.int32)",
                lambda: f"tf.cast(tf.cast({a}, tf.float32) * 1.5, tf.int32)",
                lambda: f"tf.unstack(tf.shape({of}), {RANKS.get(of, 2)})[{at}]",
                lambda: f"tf.gather(tf.shape({of}), {at % RANKS.get(of, 2)})",
                lambda: f"tf.squeeze(tf.shape({of})[{at}:][:1], 0)",
                lambda: f"tf.reshape({a}, [])",
                lambda: f"tf.where({a} > 2, {a}, {b})",
                lambda: f"tf.stop_gradient({a})",
                lambda: f"tf.abs({a})",
            ]
        return draw.choice(choices)()

    def vector(self, depth: int = 0, length: int | None = None) -> str:
        """A vector of sizes, of a length if one is given."""
        draw = self.draw
        if length is not None:
            if draw.random() < 0.75 or depth > 1:
                made = "[" + ", ".join(self.size(depth + 1) for _ in range(length)) + "]"
                return made if draw.random() < 0.5 else f"tf.stack({made})"
            fitting = [name for name, rank in RANKS.items() if rank == length]
            if fitting:
                return draw.choice(["tf.shape({})", "tf.identity(tf.shape({}))", "tf.shape({}) + 1"]).format(
                    draw.choice(fitting)
                )
        of = draw.choice("xyzxyzvw")
        a, b, step = draw.randrange(-2, 3), draw.randrange(-2, 4), draw.choice([1, 1, 2, -1])
        choices = [
            lambda: f"tf.shape({of})",
            lambda: f"tf.shape({of})[{a}:]",
            lambda: f"tf.shape({of})[:{b}]",
            lambda: f"tf.shape({of})[{a}:{b}]",
            lambda: f"tf.shape({of})[{a}:{b}:{step}]",
            lambda: f"tf.shape({of})[::{step}]",
            lambda: f"tf.shape({of}, out_type=tf.int64)",
            lambda: "[" + ", ".join(self.size(2) for _ in range(draw.randint(1, 3))) + "]",
            lambda: "tf.stack([" + ", ".join(self.size(depth + 1) for _ in range(draw.randint(1, 3))) + "])",
            lambda: f"tf.shape_n([{of}, z])[{draw.randrange(2)}]",
        ]
        if depth < 2:
            c, d = (self.vector(depth + 1) for _ in range(2))
            e = self.size(depth + 1)
            choices += [
                lambda: f"tf.concat([{c}, {d}], 0)",
                lambda: f"tf.concat([tf.shape({of})[:1], {c}], 0)",
                lambda: f"tf.identity({c})",
                lambda: f"tf.cast({c}, tf.int64)",
                lambda: f"tf.cast({c}, tf.int32)",
                lambda: f"tf.shape({of}) + 1",
                lambda: f"tf.shape({of}) * 2",
                lambda: f"tf.maximum({c}, 1)",
                lambda: f"tf.expand_dims({e}, 0)",
                lambda: f"tf.reshape({e}, [1])",
                lambda: f"tf.reverse({c}, [0])",
                lambda: f"tf.gather(tf.shape({of}), [0, -1])".replace("-1", str(RANKS.get(of, 2) - 1)),
                lambda: f"tf.slice(tf.shape({of}), [{a % 2}], [1])",
                lambda: f"tf.fill([2], {e})",
                lambda: f"tf.tile([{e}], [2])",
                lambda: f"tf.broadcast_dynamic_shape(tf.shape({of}), tf.shape(z))",
            ]
        return draw.choice(choices)()

    def expression(self) -> str:
        """An expression of which the shape depends on sizes."""
        draw, size, vector = self.draw, self.size, self.vector
        choices = [
            lambda: f"tf.zeros({vector()})",
            lambda: f"tf.ones({vector()})",
            lambda: f"tf.fill({vector()}, 1.0)",
            lambda: f"tf.reshape(w, {vector()})",
            lambda: f"tf.reshape(x, [{size()}, {size()}, -1])",
            lambda: f"tf.reshape(y, [{size()}, -1])",
            lambda: f"tf.random_uniform({vector()})",
            lambda: f"tf.truncated_normal({vector()})",
            lambda: f"tf.tile(z, {vector(length=2)})",
            lambda: f"tf.tile(y, {vector(length=2)})",
            lambda: f"tf.tile(x, {vector(length=3)})",
            lambda: f"tf.slice(w, {vector(length=2)}, {vector(length=2)})",
            lambda: f"tf.slice(x, [0, 0, 0], {vector(length=3)})",
            lambda: f"tf.slice(y, [0, 0], [{size()}, -1])",
            lambda: f"tf.slice(v, [{size()}], [-1])",
            lambda: f"v[:{size()}]",
            lambda: f"v[{size()}:]",
            lambda: f"v[::{size()}]",
            lambda: f"x[:, :{size()}, 1]",
            lambda: f"w[{size()}:{size()}]",
            lambda: f"tf.range({size()})",
            lambda: f"tf.range({size()}, {size()})",
            lambda: f"tf.range(0, {size()}, {draw.randint(1, 3)})",
            lambda: f"tf.one_hot(v2, {size()})",
            lambda: f"tf.pad(y, [[0, {size()}], [{size()}, 0]])",
            lambda: f"tf.pad(z, tf.stack([[{size()}, 1], [0, {size()}]]))",
            lambda: f"tf.broadcast_to(z, {vector(length=2)})",
            lambda: f"tf.broadcast_to(v, {vector()})",
            lambda: f"tf.eye({size()})",
            lambda: f"tf.sequence_mask(v2, {size()})",
            lambda: f"tf.linspace(0.0, 1.0, {size()})",
            lambda: f"tf.lin_space(0.0, 1.0, {size()})",
            lambda: f"tf.scatter_nd([[0]], [1.0], [{size()}])",
            lambda: f"tf.expand_dims(x, tf.rank({draw.choice('xyzv')}) - 1)",
            lambda: f"tf.reduce_sum(x, tf.range({size()}))",
            lambda: f"tf.reduce_sum(x, {size()} - 1)",
            lambda: f"tf.transpose(x, tf.range(tf.rank({draw.choice('xyx')})))",
            lambda: f"tf.transpose(y, [{size()} - 1, 0])",
            lambda: f"tf.concat([x, x], tf.rank({draw.choice('xyzv')}) - 1)",
            lambda: f"tf.gather(x, [0], axis={size()} - 1)",
            lambda: f"tf.nn.top_k(v, {size()}).values",
            lambda: f"tf.placeholder_with_default(tf.zeros({vector()}), None)",
            lambda: f"tf.split(v, [{size()}, -1])[0]",
            lambda: f"tf.constant(1.0, shape=tf.TensorShape([2])) * tf.zeros({vector()})",
            lambda: f"tf.unsorted_segment_sum(z, [0, 1, 1, 0], {size()})",
            lambda: f"tf.space_to_batch_nd(tf.reshape(v, [1, 6, 1]), [{size()}], [[0, 0]])",
            lambda: (
                f"tf.nn.conv2d_transpose(tf.zeros([2, 3, 3, 1]), tf.zeros([2, 2, 4, 1]), "
                f"[tf.shape(x)[0], {size()} + 4, 6, 4], [1, 2, 2, 1])"
            ),
            lambda: f"tf.random_normal([{size()}, {size()}])",
            lambda: f"tf.zeros([{size()}, {size()}])",
            lambda: f"tf.cumsum(x, {size()})",
            lambda: f"tf.roll(x, {size()}, 0)",
            lambda: f"tf.stack([tf.zeros({vector()}), tf.zeros({vector()})])",
            lambda: f"tf.multinomial(tf.zeros([2, 3]), {size()})",
        ]
        return draw.choice(choices)()


def shape_of(tf: Any, expression: str) -> str:
    """The static shape of an expression's value, as text; or the error's class."""
    with tf.Graph().as_default():
        names = {name: tf.placeholder(tf.float32, dims) for name, dims in SHAPES.items()}
        names["n"] = tf.placeholder(tf.int32, [])
        names["v2"] = tf.placeholder(tf.int32, [2])
        try:
            return str(eval(expression, {"tf": tf, **names}).shape)
        except Exception as error:
            return type(error).__name__


def drawn() -> list[str]:
    """The expressions that are recorded."""
    source = Expressions(0)
    return list(dict.fromkeys(source.expression() for _ in range(RECORDED_EXPRESSIONS)))


def record() -> None:
    """Writes down what TensorFlow says."""
    import tensorflow.compat.v1 as tf

    tf.disable_v2_behavior()
    shapes = {each: shape_of(tf, each) for each in drawn()}
    lines = [f"{json.dumps(each)}: {json.dumps(shape)}" for each, shape in shapes.items()]
    RECORDED.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    record()

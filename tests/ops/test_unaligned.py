"""Arrays whose memory is not aligned, such as parts of files, give every op the same values."""

from __future__ import annotations

from typing import Any

import gradient_cases
import numpy as np
import op_expressions
import pytest
import scopetrie as tf

Array = np.ndarray[Any, Any]


def unaligned(array: Array) -> Array:
    """The same array one byte further on."""
    made = np.frombuffer(b"\0" + array.tobytes(), np.uint8)[1:].view(array.dtype).reshape(array.shape)
    assert not made.size or made.itemsize == 1 or not made.flags.aligned
    return made


def test_every_recorded_expression() -> None:
    """The constants of each are fed."""
    faults, fed = [], 0
    for expression in op_expressions.recorded_values():
        with tf.Graph().as_default() as graph, tf.Session() as session:
            made = op_expressions.leaves(eval(expression, op_expressions.names(tf)))
            constants = [
                op.outputs[0]
                for op in graph.get_operations()
                if op.type == "Const" and op.outputs[0].dtype.is_numpy_compatible
            ]
            numbers = [each for each in constants if each.dtype not in (tf.string, tf.bool)]
            kept = {each: session.run(each) for each in numbers if graph.is_feedable(each)}
            feeds = {each: unaligned(np.asarray(value)) for each, value in kept.items()}
            fed += len(feeds)
            wanted = session.run(made)
            try:
                found = session.run(made, feeds)
            except tf.errors.OpError as error:
                faults.append(f"{expression}: {error}")
                continue
            for one, other in zip(wanted, found, strict=True):
                try:
                    np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
                except AssertionError:
                    faults.append(expression)
    assert faults == []
    assert fed > 500


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_op_with_a_gradient_and_its_gradient(dtype: type) -> None:
    """Inputs, and what comes back into the gradient, are fed."""
    faults = []
    for kind, cases in gradient_cases.CASES.items():
        for case in cases:
            with tf.Graph().as_default(), tf.Session() as session:
                arrays = [each.astype(dtype) if each.dtype == np.float64 else each for each in case.arrays]
                inputs = [tf.placeholder(each.dtype, each.shape) for each in arrays]
                try:
                    made = op_expressions.leaves(case.build(*inputs))
                except (TypeError, ValueError):
                    continue  # not of this dtype
                tops = [each for each in made if each.dtype.is_floating]
                back = [tf.placeholder(each.dtype, None) for each in tops]
                wanted = [
                    tf.convert_to_tensor(each)  # of rows, too
                    for each in tf.gradients(tops, inputs, back)
                    if each is not None
                ]
                feeds = dict(zip(inputs, arrays, strict=True))
                values = session.run(tops, feeds)
                feeds.update({b: np.ones_like(value) for b, value in zip(back, values, strict=True)})
                fetches = [*tops, *wanted]
                same = session.run(fetches, feeds)
                try:
                    moved = session.run(fetches, {x: unaligned(np.asarray(a)) for x, a in feeds.items()})
                except tf.errors.OpError as error:
                    faults.append(f"{kind}: {error}")
                    continue
                if not all(np.array_equal(*pair, equal_nan=True) for pair in zip(same, moved, strict=True)):
                    faults.append(kind)
    assert faults == []

"""Types of a program's own that sessions fetch and feed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import scopetrie as tf
from scopetrie.execution.sessions import conversions
from scopetrie.execution.sessions.conversions import register_session_run_conversion_functions


class Wrapped:
    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor


class Pair:
    def __init__(self, a: Any, b: Any) -> None:
        self.a, self.b = a, b


class Unfed(Wrapped):
    pass


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    before = list(conversions._CONVERSIONS)
    register_session_run_conversion_functions(
        Wrapped, lambda each: ([each.tensor], lambda values: values[0]), lambda each, x: [(each.tensor, x)]
    )
    register_session_run_conversion_functions(
        Pair,
        lambda pair: ([pair.a, pair.b], tuple),
        lambda pair, values: zip((pair.a, pair.b), values, strict=True),
        lambda pair: [pair.a, pair.b],
    )
    register_session_run_conversion_functions(Unfed, lambda each: ([each.tensor], lambda values: values))
    yield
    conversions._CONVERSIONS[:] = before


def test_they_are_fetched_and_fed_wherever_tensors_are() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        a, b = tf.constant(1.0), tf.constant(2.0)
        pair, total = Pair(a, b), Wrapped(a + b)
        assert session.run(pair) == (1.0, 2.0) and session.run(total) == 3.0
        assert session.run([total]) == [3.0] and session.run([pair]) == [(1.0, 2.0)]
        assert session.run([pair, a, total]) == [(1.0, 2.0), 1.0, 3.0]
        assert session.run({"x": (total, [pair])}) == {"x": (3.0, [(1.0, 2.0)])}
        assert session.run(total, {pair: (5.0, 6.0)}) == 11.0
        assert session.run(total, {Wrapped(b): 9.0, a: 1.0}) == 10.0
        assert session.run(Unfed(a)) == [1.0]
        for _ in range(2):  # programs are kept by what was fetched
            assert session.run([pair, pair]) == [(1.0, 2.0)] * 2 and session.run([a, b]) == [1.0, 2.0]


def test_mistakes() -> None:
    with pytest.raises(ValueError, match=r"has already been registered so ignore it"):
        register_session_run_conversion_functions(Wrapped, lambda each: ([each.tensor], list))
    with pytest.raises(ValueError, match=r"^<class 'object'> has already"):
        register_session_run_conversion_functions(object, lambda each: ([each], list))
    with tf.Graph().as_default(), tf.Session() as session:
        a = tf.constant(1.0)
        with pytest.raises(TypeError, match=r"cannot be fed: .*no feed_function"):
            session.run(a, {Unfed(a): 1.0})
        with pytest.raises(TypeError, match=r"Cannot be None|must be a string or Tensor"):
            session.run(Wrapped(None))

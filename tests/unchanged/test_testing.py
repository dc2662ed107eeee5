"""tf.test."""

from __future__ import annotations

import os
import unittest
from collections.abc import Callable
from typing import Any

import numpy as np
import scopetrie as tf


class Case(tf.test.TestCase):
    """What a test of v1 does."""

    def test_good(self) -> None:
        v = tf.Variable([1.0, 2.0])
        with self.session() as session:
            assert tf.get_default_session() is session
            session.run(v.initializer)
            self.assertAllClose([1.0, 2.0000001], session.run(v))
        with self.cached_session() as session:
            session.run(v.initializer)
        with self.test_session() as session:  # the same one
            self.assertAllEqual([1, 2], session.run(v))
        self.assertAllEqual(self.evaluate(v), [1, 2])
        self.assertShapeEqual(np.zeros(2), v)
        self.assertAllClose({"a": 1.0, "b": [1.0, 2.0]}, {"a": 1.0, "b": [1.0, 2.0]})
        self.assertAllClose([[1.0], [1.0, 2.0]], [[1.0], [1.0, 2.0]])
        self.assertNotAllClose([1.0], [1.1])
        self.assertNotAllEqual([1], [2])
        self.assertNear(1.0, 1.05, 0.1)
        self.assertAllGreater([2, 3], 1)
        self.assertAllLess([2, 3], 4)
        with self.assertRaisesOpError("uninitialized value"), self.session() as session:
            session.run(v)
        with self.assertRaisesWithPredicateMatch(ValueError, lambda error: "x" in str(error)):
            raise ValueError("x")
        assert os.path.isdir(self.get_temp_dir())

    def test_bad(self) -> None:
        calls: list[Callable[[], Any]] = [
            lambda: self.assertAllClose([1.0], [1.1]),
            lambda: self.assertAllClose([1.0], [[1.0]]),
            lambda: self.assertAllClose({"a": 1.0}, {"b": 1.0}),
            lambda: self.assertNotAllClose([1.0], [1.0]),
            lambda: self.assertAllEqual([1], [2]),
            lambda: self.assertNotAllEqual([1], [1]),
            lambda: self.assertNear(1.0, 2.0, 0.5),
            lambda: self.assertAllGreater([1, 2], 1),
            lambda: self.assertAllLess([1, 2], 2),
        ]
        for call in calls:
            try:
                call()
            except AssertionError:
                continue
            raise RuntimeError("it passed")
        assert tf.get_default_graph().version == 0


def test_cases_run() -> None:
    graph = tf.get_default_graph()
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)
    assert result.testsRun == 3 and result.errors == result.failures == [] and len(result.skipped) == 1
    assert graph is not tf.get_default_graph()


def test_the_machine() -> None:
    assert (
        not tf.test.is_gpu_available()
        and tf.test.gpu_device_name() == ""
        and not tf.test.is_built_with_cuda()
    )

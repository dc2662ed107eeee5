"""`tf.test`: a TestCase with sessions and assertions of arrays, and what programs ask of the machine.

>>> import scopetrie as tf
>>> tf.test.is_gpu_available(), tf.test.gpu_device_name(), tf.test.is_built_with_cuda()
(False, '', False)
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import tempfile
import unittest
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from ..errors import OpError
from ..execution import Session
from ..graph import Graph, reset_default_graph
from ..ops.random.seed import set_random_seed
from .nest import flatten

__all__ = [
    "TestCase",
    "get_temp_dir",
    "gpu_device_name",
    "is_built_with_cuda",
    "is_gpu_available",
    "main",
]

_SEED = 87654321


def is_gpu_available(
    cuda_only: bool = False, min_cuda_compute_capability: tuple[int, int] | None = None
) -> bool:
    """Whether operations run on a GPU unless told otherwise: no. `Session(backend="cupy")` is told."""
    return False


def gpu_device_name() -> str:
    """Returns the name of the GPU that operations run on by default: ""."""
    return ""


def is_built_with_cuda() -> bool:
    """Whether the package was compiled for CUDA: no. An array library may have been."""
    return False


def get_temp_dir() -> str:
    """Returns a folder for files of tests."""
    folder = os.path.join(tempfile.gettempdir(), f"scopetrie_{os.getpid()}")
    os.makedirs(folder, exist_ok=True)
    return folder


def main(argv: Any = None) -> None:
    """Runs the tests of the program, and ends it."""
    unittest.main(argv=argv)


def _array(value: Any) -> np.ndarray[Any, Any]:
    return np.asarray(value)


class TestCase(unittest.TestCase):
    """A test case that begins with an empty default graph and known seeds, as v1's.

    >>> import io
    >>> class Adding(TestCase):
    ...     def test_sums(self):
    ...         import scopetrie as tf
    ...
    ...         with self.session() as session:
    ...             self.assertAllClose([2.0, 3.0], session.run(tf.constant([1.0, 2.0]) + 1.0))
    >>> unittest.TextTestRunner(io.StringIO()).run(Adding("test_sums")).wasSuccessful()
    True
    """

    def setUp(self) -> None:  # noqa: D102
        if self._testMethodName == "test_session":  # which v1 calls so
            self.skipTest("Not a test.")
        random.seed(_SEED)
        np.random.seed(_SEED)  # noqa: NPY002  # from which tests of v1 draw
        reset_default_graph()
        set_random_seed(_SEED)
        self._session: Session | None = None

    def tearDown(self) -> None:  # noqa: D102
        if self._session is not None:
            self._session.close()

    @contextlib.contextmanager
    def session(
        self, graph: Graph | None = None, config: Any = None, use_gpu: bool = True, force_gpu: bool = False
    ) -> Iterator[Session]:
        """Opens a session, which is the default one in the block."""
        made = Session(graph=graph, config=config)
        with made.graph.as_default(), made:
            yield made

    @contextlib.contextmanager
    def cached_session(
        self, graph: Graph | None = None, config: Any = None, use_gpu: bool = True, force_gpu: bool = False
    ) -> Iterator[Session]:
        """Opens the one session of the test, which keeps its values from block to block."""
        if self._session is None:
            self._session = Session(graph=graph, config=config)
        with self._session.graph.as_default(), self._session.as_default():
            yield self._session

    test_session = cached_session

    def evaluate(self, tensors: Any) -> Any:
        """Computes tensors in the session of the test."""
        with self.cached_session() as session:
            return session.run(tensors)

    def get_temp_dir(self) -> str:
        """Returns a folder for files of tests."""
        return get_temp_dir()

    def assertAllClose(
        self, a: Any, b: Any, rtol: float = 1e-6, atol: float = 1e-6, msg: str | None = None
    ) -> None:
        """Asserts that two arrays, or structures of arrays, are nearly the same."""
        if isinstance(a, dict) or isinstance(b, dict):
            self.assertEqual(sorted(a), sorted(b), msg)
            for key in a:
                self.assertAllClose(a[key], b[key], rtol, atol, msg)
            return
        try:
            one, other = _array(a), _array(b)
            ragged = one.dtype.hasobject or other.dtype.hasobject
        except ValueError:  # lists of arrays of several shapes
            ragged = True
        if ragged:
            leaves = flatten(a), flatten(b)
            self.assertEqual(len(leaves[0]), len(leaves[1]), msg)
            for pair in zip(*leaves, strict=True):
                np.testing.assert_allclose(*pair, rtol=rtol, atol=atol, err_msg=msg or "")
            return
        self.assertEqual(one.shape, other.shape, msg)
        np.testing.assert_allclose(one, other, rtol=rtol, atol=atol, err_msg=msg or "")

    def assertNotAllClose(self, a: Any, b: Any, **kwargs: Any) -> None:
        """Asserts that two arrays differ."""
        try:
            self.assertAllClose(a, b, **kwargs)
        except AssertionError:
            return
        raise AssertionError("The two values are close at all elements")

    def assertAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Asserts that two arrays are the same."""
        one, other = _array(a), _array(b)
        self.assertEqual(one.shape, other.shape, msg)
        np.testing.assert_array_equal(one, other, err_msg=msg or "")

    def assertNotAllEqual(self, a: Any, b: Any, msg: str | None = None) -> None:
        """Asserts that two arrays differ."""
        try:
            self.assertAllEqual(a, b)
        except AssertionError:
            return
        raise AssertionError(f"The two values are equal at all elements. {msg or ''}".rstrip())

    def assertShapeEqual(self, np_array: Any, tf_tensor: Any, msg: str | None = None) -> None:
        """Asserts that an array has the static shape of a tensor."""
        self.assertAllEqual(np_array.shape, tf_tensor.get_shape().as_list(), msg)

    def assertNear(self, f1: float, f2: float, err: float, msg: str | None = None) -> None:
        """Asserts that two numbers are nearly the same."""
        self.assertTrue(
            f1 == f2 or abs(f1 - f2) <= err, f"{f1} != {f2} +/- {err}{f' ({msg})' if msg else ''}"
        )

    def assertAllGreater(self, a: Any, comparison_target: Any) -> None:
        """Asserts that all elements are greater."""
        self.assertTrue(
            bool((_array(a) > comparison_target).all()), f"{a} is not greater than {comparison_target}"
        )

    def assertAllLess(self, a: Any, comparison_target: Any) -> None:
        """Asserts that all elements are less."""
        self.assertTrue(
            bool((_array(a) < comparison_target).all()), f"{a} is not less than {comparison_target}"
        )

    @contextlib.contextmanager
    def assertRaisesWithPredicateMatch(
        self, exception_type: type[BaseException], expected_err_re_or_predicate: str | Callable[[Any], bool]
    ) -> Iterator[None]:
        """Asserts that a block raises an error that matches an expression, or of which a function is true."""
        test = expected_err_re_or_predicate
        with self.assertRaises(exception_type) as caught:
            yield
        error = caught.exception
        text = error.message if isinstance(error, OpError) else str(error)
        fits = bool(test(error)) if callable(test) else re.search(test, text) is not None
        self.assertTrue(fits, f"Exception of type {type(error)}: {text}")

    def assertRaisesOpError(self, expected_err_re_or_predicate: Any) -> Any:
        """Asserts that a block raises an error of an operation."""
        return self.assertRaisesWithPredicateMatch(OpError, expected_err_re_or_predicate)

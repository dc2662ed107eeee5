"""`tf.test`: a TestCase with sessions and assertions of arrays, and what programs ask of the machine.

>>> import scopetrie as tf
>>> tf.test.is_gpu_available(), tf.test.gpu_device_name(), tf.test.is_built_with_cuda()
(False, '', False)
"""

from __future__ import annotations

import contextlib
import os
import random
import sys
import tempfile
import threading
import unittest
from collections.abc import Callable, Iterator
from typing import Any
from unittest import mock

import numpy as np

from ..execution import Session
from ..graph import Graph, reset_default_graph
from ..ops.random.seed import set_random_seed
from .assertions import Assertions
from .gradient_checker import compute_gradient, compute_gradient_error
from .graph_compare import assert_equal_graph_def
from .stubs import StubOutForTesting

__all__ = [
    "StubOutForTesting",
    "TestCase",
    "assert_equal_graph_def",
    "compute_gradient",
    "compute_gradient_error",
    "get_temp_dir",
    "gpu_device_name",
    "is_built_with_cuda",
    "is_built_with_gpu_support",
    "is_built_with_rocm",
    "is_built_with_xla",
    "is_gpu_available",
    "main",
    "mock",
    "test_src_dir_path",
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


is_built_with_gpu_support = is_built_with_cuda


def is_built_with_rocm() -> bool:
    """Whether the package was compiled for ROCm: no."""
    return False


def is_built_with_xla() -> bool:
    """Whether the package was compiled with XLA: no. See `lower`, which gives a graph to JAX."""
    return False


def test_src_dir_path(relative_path: str) -> str:
    """Returns the path of a file beneath the program.

    Args:
        relative_path: The path from the folder of the program.
    """
    return os.path.join(os.path.dirname(os.path.abspath(sys.argv[0])), relative_path)


def get_temp_dir() -> str:
    """Returns a folder for files of tests."""
    folder = os.path.join(tempfile.gettempdir(), f"scopetrie_{os.getpid()}")
    os.makedirs(folder, exist_ok=True)
    return folder


def main(argv: Any = None) -> None:
    """Runs the tests of the program, and ends it."""
    unittest.main(argv=argv)


class _CheckedThread:
    """A thread of a test: what it raises, `join` raises as a failure."""

    def __init__(self, case: TestCase, target: Callable[..., Any], args: Any, kwargs: Any) -> None:
        self._case, self._target, self._args, self._kwargs = case, target, args, kwargs
        self._thread = threading.Thread(target=self._run)
        self._error: BaseException | None = None
        self._is_joined = False

    def _run(self) -> None:
        try:
            self._target(*self._args, **self._kwargs)
        except BaseException as error:
            self._error = error

    def start(self) -> None:
        """Starts it."""
        self._thread.start()

    def join(self) -> None:
        """Waits for its end; fails the test if it raised an error."""
        self._is_joined = True
        self._thread.join()
        if self._error is not None:
            self._case.fail(f"Error in checkedThread: {self._error}")

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._thread.is_alive()

    def require_joined(self) -> None:
        """Fails the test if nobody has waited for the end."""
        if not self._is_joined:
            self._case.fail("A checked thread was not joined.")


class TestCase(Assertions):
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

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._session: Session | None = None
        self._session_of: tuple[Any, ...] = ()
        self._threads: list[_CheckedThread] = []

    def setUp(self) -> None:  # noqa: D102
        super().setUp()
        if self._testMethodName == "test_session":  # which v1 calls so
            self.skipTest("Not a test.")
        random.seed(_SEED)
        np.random.seed(_SEED)  # noqa: NPY002  # from which tests of v1 draw
        reset_default_graph()
        set_random_seed(_SEED)
        self._threads = []
        self._forget_session()

    def _forget_session(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None

    def tearDown(self) -> None:  # noqa: D102
        self._forget_session()
        for thread in self._threads:
            thread.require_joined()
        super().tearDown()

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
        """Opens the one session of the test, which keeps its values from block to block.

        Raises:
            ValueError: If it was opened with another graph, config or `force_gpu` before.
        """
        given = {"graph": graph, "config": config, "force_gpu": force_gpu}
        if self._session is None:
            self._session = Session(graph=graph, config=config)
            self._session_of = tuple(given.values())
        for (what, value), before in zip(given.items(), self._session_of, strict=True):
            if value is not before and value != before:
                raise ValueError(
                    f"The {what} used to get the cached session is different than the one that was used to "
                    "create the session. Maybe create a new session with self.session()"
                )
        with self._session.graph.as_default(), self._session.as_default():
            yield self._session

    def test_session(
        self, graph: Graph | None = None, config: Any = None, use_gpu: bool = True, force_gpu: bool = False
    ) -> contextlib.AbstractContextManager[Session]:
        """Opens the session of the test, or one of its own for a graph that is given: v1's older name."""
        if self._testMethodName == "test_session":  # a runner takes it for a test
            self.skipTest("Not a test.")
        opens = self.session if graph is not None else self.cached_session
        return opens(graph, config, use_gpu, force_gpu)

    def checkedThread(
        self, target: Callable[..., Any], args: Any = None, kwargs: Any = None
    ) -> _CheckedThread:
        """Returns a thread whose errors fail the test; the test has to start and join it.

        Args:
            target: What it calls.
            args: The arguments.
            kwargs: The arguments with names.
        """
        made = _CheckedThread(self, target, args or (), kwargs or {})
        self._threads.append(made)
        return made

    def evaluate(self, tensors: Any) -> Any:
        """Computes tensors in the session of the test."""
        with self.cached_session() as session:
            return session.run(tensors)

    def get_temp_dir(self) -> str:
        """Returns a folder for files of tests."""
        return get_temp_dir()

"""Every program makes the copies of its feeds and fetches, and no others; counted on the simulated CuPy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import scopetrie as tf
from device_programs import NOT_RUN, WAITING, Program, programs, types_of
from every_op import every_op
from simulated_cupy import COMPILER, counted, installed

ALL = list(programs())
FUSED = 12  # one of so many programs is run with fused kernels, each of which takes a compiler's start
RUNS = 3  # the first one loops over the steps and uploads constants, the second one generates code


@pytest.fixture(scope="module", autouse=True)
def _cupy() -> Iterator[None]:
    with installed():
        yield


class Counted:
    """What the last run of a program asked of the device, and what it may ask.

    Attributes:
        fed: Fed values that go to the device.
        exported: Fetched values that come from it.
        looks: Looks at what is to be checked.
    """

    def __init__(self, program: Program, monkeypatch: pytest.MonkeyPatch, fuse: bool) -> None:
        from scopetrie.backends.cupy import CupyBackend

        self.exported = self.fed = 0
        export = CupyBackend.export

        def counting(backend: Any, array: Any, fed: Any = ()) -> Any:
            self.exported += not isinstance(array, (np.ndarray, np.generic, bytes))
            return export(backend, array, fed)

        monkeypatch.setattr(CupyBackend, "export", counting)
        with tf.Graph().as_default() as graph:
            fetches, feeds, before = program.build()
            self.types = types_of(graph)
            expected = self.run(tf.Session(backend="numpy"), fetches, feeds, before)
            with tf.Session(backend=CupyBackend(fuse=fuse)) as session:
                found = self.run(session, fetches, feeds, before, RUNS - 1)
                self.exported = 0
                looks = session.backend.checks.looks
                with counted() as self.counts:
                    session.run(fetches, feeds)
                self.looks = session.backend.checks.looks - looks
                compiled = next(reversed(session._programs.values()))
                hosted = compiled.plan.hosted
                for each, value in feeds.items():
                    self.fed += each._id not in hosted and np.size(value) != 1
        for one, other in zip(expected, found, strict=True):
            if isinstance(one, (np.ndarray, np.generic)) and one.dtype.kind in "fciub":
                np.testing.assert_allclose(other, one, rtol=1e-4, atol=1e-5, err_msg=program.name)
                assert (other.dtype, np.shape(other)) == (one.dtype, np.shape(one)), program.name

    @staticmethod
    def run(session: tf.Session, fetches: Any, feeds: Any, before: Any, times: int = 1) -> list[Any]:
        """The values of the first run."""
        for each in before:
            session.run(each)
        values = [session.run(fetches, feeds) for _ in range(times)]
        return values[0]

    @property
    def is_clean(self) -> bool:
        """Whether there are the copies of feeds and fetches, and no others, and one wait for all of them.

        A run whose kernels have noted checks of values makes one copy more.
        """
        counts, down = self.counts, self.exported + self.looks
        return counts.all == (self.fed, down, down > 0) and self.looks <= 1


@pytest.mark.parametrize("part", range(8))
def test_copies_are_those_of_feeds_and_fetches(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    faults = []
    for number, program in enumerate(ALL[part::8]):
        with monkeypatch.context() as patch:
            found = Counted(program, patch, fuse=COMPILER is not None and number % FUSED == 0)
        if not found.is_clean and found.types.isdisjoint(WAITING):
            faults.append((program.name, found.counts.all, found.fed, found.exported))
    assert not faults


def test_every_op_type_is_among_them() -> None:
    found = set()
    for program in ALL:
        with tf.Graph().as_default() as graph:
            program.build()
            found |= types_of(graph)
    ours = every_op()
    text = {name for name, op in ours.items() if any(each.types == (tf.string,) for each in op.inputs)}
    assert ours.keys() - found - text - WAITING.keys() == NOT_RUN


def test_what_waits_is_named_with_its_reason() -> None:
    assert WAITING.keys() <= every_op().keys()


def test_places_of_pixels_go_up_once_for_each_size() -> None:
    images, size = tf.placeholder(tf.float32, [1, 4, 4, 1]), tf.placeholder(tf.int32, [2])
    value = np.arange(16, dtype=np.float32).reshape(1, 4, 4, 1)
    made = tf.image.resize_bilinear(images, size)
    copies = []
    with tf.Session(backend="cupy") as session, tf.Session(backend="numpy") as other:
        for wanted in ([2, 3], [5, 6], [2, 3], [5, 6]):
            with counted() as counts:
                found = session.run(made, {images: value, size: wanted})
            copies.append(counts.all[0])
            np.testing.assert_allclose(found, other.run(made, {images: value, size: wanted}), rtol=1e-6)
    assert copies[:2] == [9, 9]
    assert copies[2:] == [1, 1]

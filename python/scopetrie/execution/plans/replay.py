"""Replay: a plan that runs again with equal shapes is recorded, and launched as one.

Off unless the backend `replays`: see docs/gpu.md. What a recording depends on is its form: the shapes of
arrays on the device, the values of arguments on the host (a launch takes those as they were recorded), and
the memory of variables. The second run of a form is recorded, the plan's first one not counted: until then,
all kernels have been compiled. Whatever cannot be recorded runs as before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import numpy as np

from ...backends import Array, Backend
from ...backends.deferred import note, noted_by
from ...graph import Graph
from ...locks import Lock
from ...ops.registry import OPS
from ..state import State
from .steps import Output, Step

# So many runs of a form come before the one that is recorded; the plan's first does not count.
_RUNS_BEFORE: Final = 1
# So many forms are known; with more, counting begins anew.
_MOST_FORMS: Final = 16
# Values of the host that have more bytes are not compared.
_MOST_BYTES: Final = 256
# Kernels that keep memory of their own: plans of Fourier transforms.
_KEEPS_MEMORY: Final = ("FFT", "IFFT", "RFFT", "IRFFT")


def can_replay(graph: Graph, steps: Iterable[Step]) -> bool:
    """Returns whether the operations of a plan depend on nothing but their arguments and variables.

    Random numbers do, since they count; so do queues, files, branches, loops, and Python's functions.

    Args:
        graph: The graph.
        steps: The steps of the plan.
    """
    for step in steps:
        members = getattr(step.function, "members", None)
        ids = [step.op_id] if members is None else [each.op_id for each in members]
        for op_id in ids:
            if op_id < 0:
                return False
            op_def = OPS.get(graph.operation(op_id).type)
            if op_def is None or op_def.type.startswith(_KEEPS_MEMORY) or op_def.type.startswith("PyFunc"):
                return False
            if op_def.stateful and all(each.kind != "reference" for each in op_def.inputs):
                return False
    return True


class Replay:
    """Runs a plan, and launches the recording of a run where there is one.

    Thread safety: that of plans; recordings and launches have the stream for themselves.

    Args:
        backend: The library that computes.
        state: The session's state.
        plain: Runs the plan.
        inner: Runs it, and gives its values without a copy.
        export: Gives a fetched value the form that the caller gets.
        outputs: The fetched values.
        single: Whether there is one value in place of a list.
        fail: Raises v1's error for an exception in an output.

    Attributes:
        recordings: How many have been made.
    """

    def __init__(
        self,
        backend: Backend,
        state: State,
        plain: Callable[..., Any],
        inner: Callable[..., Any],
        export: Callable[..., Any],
        outputs: Sequence[Output],
        single: bool,
        fail: Callable[[Exception, int], Any],
    ) -> None:
        self._backend = backend
        self._state = state
        self._plain = plain
        self._inner = inner
        self._export = export
        self._outputs = outputs
        self._single = single
        self._fail = fail
        self._changes = -1
        self._lock = Lock()
        # By form: how often it has run, or its recording and what its checks have noted; None for never.
        self._forms: dict[Any, Any] = {}
        self.recordings = 0

    def __call__(self, *fed: Array) -> Any:
        """Runs the plan."""
        form = self._form(fed)
        if form is not None:
            with self._lock:  # until its copies are asked for, a recording's memory is this thread's
                known = self._known(form, fed)
                if known is not None:
                    recorded, noted = known
                    recorded.launch(fed)
                    return self._exported(recorded.values, fed, noted)
        return self._plain(*fed)

    def _known(self, form: Any, fed: Sequence[Array]) -> Any:
        """Returns the recording of a form, and what its checks note; None where the plan is to run."""
        if self._state.changes != self._changes:  # a variable may have another memory
            self.release()
            self._changes = self._state.changes
        known = self._forms.get(form, 0)
        if type(known) is not int:
            return known
        if known < _RUNS_BEFORE:
            if len(self._forms) >= _MOST_FORMS:
                self.release()
            self._forms[form] = known + 1
            return None
        with self._backend.alone() as is_alone:
            if not is_alone:
                return None
            found = self._forms[form] = self._record(fed)
        return found

    def release(self) -> None:
        """Gives the memory of all recordings back."""
        forms, self._forms = self._forms, {}
        for each in forms.values():
            if type(each) is tuple:
                each[0].release()

    def _form(self, fed: Sequence[Array]) -> Any:
        """What a recording depends on; None where there is to be none."""
        form: list[Any] = []
        for each in fed:
            if isinstance(each, (np.ndarray, np.generic)):
                if each.dtype.hasobject or each.nbytes > _MOST_BYTES:
                    return None
                form.append((each.dtype, each.shape, each.tobytes()))
            elif hasattr(each, "flags") and each.flags.c_contiguous:
                form.append((each.dtype, each.shape))
            else:
                return None
        return tuple(form)

    def _record(self, fed: Sequence[Array]) -> Any:
        """Records a run; returns None if it cannot be recorded."""
        noted: list[Any] = []

        def run(arguments: Sequence[Any]) -> Any:
            made: list[Any] = []

            def compute() -> None:
                made.extend(self._inner(*arguments))

            noted.extend(noted_by(compute))
            return made

        try:
            recorded = self._backend.recorded(run, fed)
        except Exception:  # whatever CUDA, the library or a kernel refuses: the run itself will say it
            return None
        self.recordings += 1
        return recorded, noted

    def _exported(self, values: Sequence[Array], fed: Sequence[Array], noted: Sequence[Any]) -> Any:
        made = []
        try:
            for value, output in zip(values, self._outputs, strict=True):
                made.append(self._export(value, fed if output.fed else ()))
        except Exception as error:
            self._fail(error, len(made))
        # What is looked at after a later launch has to be kept from it.
        is_later = not self._backend.checks.is_due
        for op_id, flag, array, check in noted:
            if is_later:
                flag, array = self._backend.keep(flag), self._backend.keep(array)
            note(op_id, flag, array, check)
        return made[0] if self._single else made

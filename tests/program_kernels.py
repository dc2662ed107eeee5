"""The fused kernels that the programs of device_programs make, built and not compiled."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
import scopetrie as tf
import simulated_cupy.raw as raw
from device_programs import Program
from scopetrie.execution.plans.region import Region
from simulated_cupy import installed


def built_kernels(programs: Iterable[Program]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """Runs programs twice on the simulated CuPy, whose kernels compute nothing.

    Returns:
        The sources, each with a program that it is of; and programs whose kernels could not be built, with
        the error.
    """
    found: dict[str, str] = {}
    faults: list[tuple[str, str]] = []
    build = Region._compile

    def noting(region: Region, form: Any) -> Any:
        try:
            return build(region, form)
        except Exception as error:
            faults.append((name, f"{type(error).__name__}: {error}"))
            raise

    with pytest.MonkeyPatch.context() as patch, installed():
        patch.setattr(raw, "changed_by", lambda *_: None)
        patch.setattr(raw, "compiled", lambda *_: None)
        patch.setattr(Region, "_compile", noting)
        from scopetrie.backends.cupy import CupyBackend

        for program in programs:
            name = program.name
            with tf.Graph().as_default():
                fetches, feeds, before = program.build()
                with tf.Session(backend=CupyBackend()) as session:
                    try:
                        for each in before:
                            session.run(each)
                        for _ in range(2):
                            session.run(fetches, feeds)
                    except tf.errors.OpError:  # of what no kernel has computed
                        pass
                    for source in session.kernels():
                        found.setdefault(source, program.name)
    return found, faults

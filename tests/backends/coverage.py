"""Which ops compute on PyTorch and JAX, alone, lowered and differentiated: the table of docs/backends.md.

    python tests/backends/coverage.py [--write] [--new] [LIBRARY ...]

"--new" measures only the types that are not in the table yet.

Each op type is tried with a small program (`programs.py`). "session" says that `Session(backend=...)` gives
the values of NumPy's; "lower" that the lowered function does: under `jax.jit`, or on PyTorch's tensors;
"gradient" that `jax.grad` or PyTorch's `backward` run through it.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parents[1]))

import numpy as np
import scopetrie as tf
from backends.programs import Program, candidates

HERE: Final = Path(__file__).parent
RECORDED: Final = HERE / "coverage.json"
PAGE: Final = HERE.parents[1] / "docs" / "backends.md"
MARKS: Final = ("<!-- coverage: tests/backends/coverage.py --write -->", "<!-- end -->")
LIBRARIES: Final = ("torch", "jax")
# How many programs are tried for a type, until one shows all that is asked. JAX compiles each.
TRIED: Final = {"torch": 4, "jax": 2}
ASKED: Final = ("session", "lower", "gradient")


def outcome(build: Callable[[], Program], library: str) -> dict[str, str]:
    """What becomes of a program: for each that is asked "yes", "-" where it has no meaning, or the error."""
    found = {}
    with tf.Graph().as_default(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = build()
        wanted = _computed(program, "numpy")
        for asked in ASKED:
            try:
                found[asked] = globals()[f"_{asked}"](program, library, wanted)
            except Exception as error:
                found[asked] = f"{type(error).__name__}: {str(error).splitlines()[0][:160]}"
    return found


def _computed(program: Program, library: str) -> list[Any]:
    with tf.Session(backend=library) as session:
        if program.variables:
            session.run([each.initializer for each in program.variables])
        return session.run(program.fetches, program.feeds)


def _session(program: Program, library: str, wanted: list[Any]) -> str:
    _compare(_computed(program, library), wanted)
    return "yes"


def _lowered(program: Program, library: str) -> tuple[Any, list[Any], list[Any]]:
    convert = importlib.import_module({"torch": "torch", "jax": "jax.numpy"}[library]).asarray
    # Variables are initialized in the graph, where a program does that itself.
    with tf.Session() as session:
        session.run([each.initializer for each in program.variables])
        variables = [convert(np.array(each)) for each in session.run(program.variables)]
    function = tf.lower(program.fetches, list(program.feeds), program.variables)
    return function, variables, [convert(np.array(each)) for each in program.feeds.values()]


def _lower(program: Program, library: str, wanted: list[Any]) -> str:
    if not program.feeds and not program.variables:
        return "-"
    function, variables, feeds = _lowered(program, library)
    if library == "jax":
        import jax

        with jax.enable_x64(True):
            _, variables, feeds = _lowered(program, library)
            found = jax.jit(function)(variables, feeds)
    else:
        found = function(variables, feeds)
    _compare([np.asarray(each) for each in found], wanted)
    return "yes"


def _gradient(program: Program, library: str, wanted: list[Any]) -> str:
    floats = [at for at, each in enumerate(program.feeds.values()) if each.dtype.kind == "f"]
    outputs = [at for at, each in enumerate(program.fetches) if each.dtype.is_floating]
    if not floats or not outputs:
        return "-"
    if library == "jax":
        return _jax_gradient(program, floats, outputs)
    function, variables, feeds = _lowered(program, library)
    for at in floats:
        feeds[at].requires_grad_(True)
    total = sum(each.sum() for at, each in enumerate(function(variables, feeds)) if at in outputs)
    if not total.requires_grad:
        return "-"
    total.backward()
    return "yes"


def _jax_gradient(program: Program, floats: list[int], outputs: list[int]) -> str:
    import jax

    with jax.enable_x64(True):
        function, variables, feeds = _lowered(program, "jax")

        def total(*given: Any) -> Any:
            values = list(feeds)
            for at, each in zip(floats, given, strict=True):
                values[at] = each
            made = function(variables, values)
            return sum(made[at].sum() for at in outputs)

        jax.grad(total, tuple(range(len(floats))))(*[feeds[at] for at in floats])
    return "yes"


def _compare(found: list[Any], wanted: list[Any]) -> None:
    for one, other in zip(found, wanted, strict=True):
        one, other = np.asarray(one), np.asarray(other)
        if (one.dtype, one.shape) != (other.dtype, other.shape):
            raise AssertionError(f"{one.dtype} {one.shape} for {other.dtype} {other.shape}")
        if other.dtype.kind in "fc":
            np.testing.assert_allclose(np.abs(one), np.abs(other), rtol=2e-4, atol=1e-5)
        elif not (one == other).all():
            raise AssertionError(f"{one.tolist()} for {other.tolist()}")


def coverage(library: str, type: str) -> dict[str, str]:
    """What a library does of an op type: the best of its programs for each that is asked."""
    best: dict[str, str] = {}
    for build in candidates()[type][: TRIED[library]]:
        for asked, how in outcome(build, library).items():
            if best.get(asked, "-") == "-" or how == "yes":
                best[asked] = how
        if all(each in ("yes", "-") for each in best.values()):
            break
    return best


def table(recorded: dict[str, dict[str, dict[str, str]]]) -> str:
    """The table of the docs: counts, and the types that lack something."""
    lines = ["| | " + " | ".join(f"{library}: {asked}" for library in LIBRARIES for asked in ASKED) + " |"]
    lines.append("|---" * (1 + len(LIBRARIES) * len(ASKED)) + "|")
    counts = []
    for library in LIBRARIES:
        for asked in ASKED:
            all_of = [each[asked] for each in recorded[library].values() if each[asked] != "-"]
            counts.append(f"{sum(each == 'yes' for each in all_of)} of {len(all_of)}")
    lines.append("| **all op types** | " + " | ".join(counts) + " |")
    for type in sorted(recorded[LIBRARIES[0]]):
        row = [recorded[library][type][asked] for library in LIBRARIES for asked in ASKED]
        cells = [each if each in ("yes", "-") else "no" for each in row]
        lines.append(f"| {type} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def with_table(page: str, recorded: dict[str, Any]) -> str:
    """The page of the docs with the table."""
    before, _, rest = page.partition(MARKS[0])
    return f"{before}{MARKS[0]}\n{table(recorded)}\n{MARKS[1]}{rest.partition(MARKS[1])[2]}"


def main(words: list[str]) -> None:
    """The command line of the module's docstring."""
    write = "--write" in words
    recorded = json.loads(RECORDED.read_text(encoding="utf-8")) if RECORDED.exists() else {}
    for library in [each for each in words if not each.startswith("--")] or LIBRARIES:
        found = dict(recorded.get(library, {})) if "--new" in words else {}
        for type in candidates().keys() - found.keys():
            found[type] = coverage(library, type)
            print(f"{type} {found[type]}", file=sys.stderr, flush=True)
        recorded[library] = found
        for asked in ASKED:
            faults = {type: each[asked] for type, each in found.items() if each[asked] not in ("yes", "-")}
            print(f"{library} {asked}: {len(faults)} of {len(found)} do not")
            print(*(f"  {type}: {how}" for type, how in faults.items()), sep="\n")
    if write:
        RECORDED.write_text(json.dumps(recorded, indent=0, sort_keys=True) + "\n", encoding="utf-8")
        if PAGE.exists():
            PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), recorded), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Records what CuPy offers, for the simulation: functions with their parameters, ufuncs with their loops.

Run it where CuPy 14 is installed; neither a driver nor a device is needed:

    python tests/simulated_cupy/record.py
"""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import Any

import cupy
import cupyx.scipy.special


def parameters(function: Any) -> list[list[Any]] | None:
    """Name, kind and whether there is a default, of each parameter; None where Python cannot tell."""
    try:
        found = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    return [[each.name, each.kind.value, each.default is not each.empty] for each in found]


def record() -> dict[str, Any]:
    """The facts."""
    modules = {"cupy": cupy, "linalg": cupy.linalg, "fft": cupy.fft, "special": cupyx.scipy.special}
    functions, ufuncs = {}, {}
    for label, module in modules.items():
        public = {name: getattr(module, name) for name in sorted(dir(module)) if name[0] != "_"}
        functions[label] = {
            name: parameters(each)
            for name, each in public.items()
            if callable(each) and not isinstance(each, (type, cupy.ufunc))
        }
        ufuncs[label] = {name: each.types for name, each in public.items() if isinstance(each, cupy.ufunc)}
    methods = [name for name in sorted(dir(cupy.ndarray)) if name[0] != "_"]
    return {"version": cupy.__version__, "functions": functions, "ufuncs": ufuncs, "methods": methods}


if __name__ == "__main__":
    file = Path(__file__).with_name("cupy_14.json")
    file.write_text(json.dumps(record(), separators=(",", ":"), sort_keys=True) + "\n")

"""The machine, the versions and the commit that figures were taken on."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import sysconfig
from importlib import metadata
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as info:
            for line in info:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def version_of(distribution: str) -> str | None:
    """The installed version of a distribution, or None."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _git(*arguments: str) -> str:
    try:
        ran = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return ran.stdout.strip() if ran.returncode == 0 else ""


def describe(package_version: str) -> dict[str, Any]:
    """Facts about this run on which its figures depend.

    Args:
      package_version: Of the package under test.

    Returns:
      Plain values for JSON.
    """
    return {
        "node": platform.node(),
        "machine": platform.machine(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "python_implementation": platform.python_implementation(),
        "python_compiler": platform.python_compiler(),
        "free_threaded": bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        "scopetrie": package_version,
        "numpy": version_of("numpy"),
        "blas": {name: os.environ[name] for name in sorted(os.environ) if name.startswith("OPENBLAS_")},
    }


def commit() -> dict[str, Any]:
    """The checkout's commit and whether it has changes, under pytest-benchmark's keys."""
    return {
        "id": _git("rev-parse", "HEAD") or None,
        "time": _git("log", "-1", "--format=%cI") or None,
        "dirty": bool(_git("status", "--porcelain", "--untracked-files=no")),
        "branch": _git("rev-parse", "--abbrev-ref", "HEAD") or None,
    }


def summary(machine: dict[str, Any]) -> str:
    """The lines above the first table.

    Args:
      machine: The result of `describe`.

    Returns:
      The text.
    """
    kind = " free-threaded" if machine["free_threaded"] else ""
    lines = [
        f"scopetrie {machine['scopetrie']}, {machine['python_implementation']} {machine['python']}{kind} "
        f"({machine['python_compiler']}), NumPy {machine['numpy']}",
        f"{machine['processor']}, {machine['cores']} cores, {machine['system']}",
    ]
    if machine["blas"]:
        lines.append(f"set in the environment: {machine['blas']}")
    return "\n".join(lines)


def python_tag() -> str:
    """Interpreter and processor kind, as `cpython-3.11-x86_64`."""
    return f"{sys.implementation.name}-{sys.version_info[0]}.{sys.version_info[1]}-{platform.machine()}"

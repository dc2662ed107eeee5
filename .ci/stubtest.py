"""Checks _core.pyi against the extension alone.

The package puts cold members of its own into the extension's types, typed where they are written. So the stub
is checked in a copy of the installed package whose __init__.py is empty: importing its `_core` loads nothing
else.
"""

import importlib.util
import pathlib
import shutil
import subprocess
import sys
import tempfile

package = pathlib.Path(next(iter(importlib.util.find_spec("scopetrie").submodule_search_locations)))
with tempfile.TemporaryDirectory() as folder:
    copy = pathlib.Path(folder, "scopetrie")
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__", "include", "cmake", "lib*"))
    (copy / "__init__.py").write_text("")
    config = pathlib.Path(__file__).parent.parent / "pyproject.toml"
    command = [sys.executable, "-m", "mypy.stubtest", "--mypy-config-file", str(config)]
    command += ["scopetrie._core"]
    sys.exit(subprocess.run(command, cwd=folder).returncode)

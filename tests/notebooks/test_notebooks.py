"""The cells of the notebooks run and print the expected lines: five on TensorFlow 1's scopes, one beyond."""

import contextlib
import io
import linecache
import re
import warnings
from pathlib import Path

import pytest
import scopetrie as tf

NOTEBOOKS = sorted(Path(__file__).parent.glob("*.txt"))


def cells_of(notebook):
    """Titles and code of a notebook's cells."""
    parts = re.split(r"^# %% (.*)$", notebook.read_text(encoding="utf-8"), flags=re.M)
    return list(zip(parts[1::2], parts[2::2], strict=True))


def missing(code, printed):
    """The first expected line that was not printed after its predecessors; None if all were."""
    for line in re.findall(r"^# >.*$", code, flags=re.M):
        pattern = line[5:] if line.startswith("# >~ ") else re.escape(line[4:])
        found = re.search(pattern, printed)
        if found is None:
            return line
        printed = printed[found.end() :]
    return None


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=[notebook.stem for notebook in NOTEBOOKS])
def test_notebook(notebook):
    tf.reset_default_graph()
    space = {"tf": tf, "__name__": "__main__"}
    with warnings.catch_warnings():
        # The first notebook's initializer returns another shape than it was asked for.
        warnings.simplefilter("ignore", UserWarning)
        for title, code in cells_of(notebook):
            name = f"<{notebook.stem}, {title}>"
            linecache.cache[name] = (len(code), None, code.splitlines(keepends=True), name)
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(code, name, "exec"), space)
            line = missing(code, printed.getvalue())
            assert line is None, f"{title} printed\n{printed.getvalue()}without\n{line}"
    if isinstance(space.get("sess"), tf.Session):
        space["sess"].close()
    tf.reset_default_graph()


def test_all_cells_are_there():
    found = {notebook.stem: len(cells_of(notebook)) for notebook in NOTEBOOKS}
    assert found == {
        "beyond": 8,
        "get_variable": 19,
        "image_filters": 7,
        "scoping_a_network": 10,
        "sharing_variables": 12,
        "variable_scope_guide": 8,
    }

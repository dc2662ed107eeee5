"""docs/v1_names.md is true: what it calls supported is there, with its arguments; the rest raises."""

import inspect
import pathlib
import re

import pytest
import scopetrie as tf

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "v1_names.md"
ROW = re.compile(r"^\| `([\w.]+)` \| (?:`([^`]*)`)? *\| (.*?) *\|$")
REFUSAL = re.compile(r"^refused: `(.+)` raises `(\w+)`")


def rows():
    """The table's rows: name, its arguments as a list, what is said of it."""
    for line in PAGE.read_text().splitlines():
        if row := ROW.match(line):
            name, arguments, status = row.groups()
            yield name, re.findall(r"\w+", arguments or ""), status


ROWS = list(rows())


@pytest.fixture(scope="module")
def owners():
    """The classes that v1 gives no name at its top level."""
    with tf.Graph().as_default():
        parted = tf.get_variable("w", [2], partitioner=tf.fixed_size_partitioner(2))
        part = next(iter(parted))
        template = tf.make_template("t", lambda: None)
        return {
            "PartitionedVariable": parted,
            "SaveSliceInfo": part._get_save_slice_info(),
            "Template": template,
            "Variable": part,
            "Tensor": part.value(),
            "Operation": part.op,
            "Graph": tf.Graph(),
            "VariableScope": tf.get_variable_scope(),
            "Session": tf.Session(),
        }


def find(name, owners):
    """The object of that name; members are looked up on an instance, so that properties are read."""
    first, _, rest = name.partition(".")
    found = owners[first] if rest and first in owners else getattr(tf, first)
    for part in filter(None, rest.split(".")):
        found = getattr(found, part)
    return found


@pytest.mark.parametrize(("name", "arguments", "status"), ROWS, ids=[name for name, _, _ in ROWS])
def test_row(name, arguments, status, owners):
    if refusal := REFUSAL.match(status):
        call, error = refusal.groups()
        with tf.Graph().as_default(), pytest.raises(Exception) as caught:
            eval(call, {"tf": tf, "Variable": tf.Variable(1.0), "Graph": tf.Graph(), "Session": tf.Session()})
        assert error in {c.__name__ for c in type(caught.value).__mro__}
        assert str(caught.value)
        return
    assert status.split(":")[0] in ("supported", "accepted")
    found = find(name, owners)
    if arguments:
        assert callable(found)
        taken = [p for p in inspect.signature(found).parameters if p != "self"]
        assert taken[: len(arguments)] == arguments


def test_the_page_has_its_rows():
    assert len(ROWS) > 250
    assert len({name for name, _, _ in ROWS}) == len(ROWS)

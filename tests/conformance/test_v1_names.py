"""docs/v1_names.md is true: supported names exist, with their arguments; refused ones raise."""

import inspect
import pathlib
import re

import pytest
import scopetrie as tf

PAGE = pathlib.Path(__file__).parents[2] / "docs" / "v1_names.md"
ROW = re.compile(r"^\| `([\w.]+)` \| (?:`([^`]*)`)? *\| (.*?) *\|$")
REFUSAL = re.compile(r"^refused: `(.+)` raises `(\w+)`")


def rows():
    """The table's rows: name, list of arguments, status."""
    for line in PAGE.read_text().splitlines():
        if row := ROW.match(line):
            name, arguments, status = row.groups()
            yield name, re.findall(r"\w+", arguments or ""), status


ROWS = list(rows())


def parted():
    """A partitioned variable."""
    return tf.get_variable("w", [2], partitioner=tf.fixed_size_partitioner(2))


# Something of each class whose members the page lists; some have no name at v1's top level.
OWNERS = {
    "PartitionedVariable": parted,
    "SaveSliceInfo": lambda: next(iter(parted()))._get_save_slice_info(),
    "Template": lambda: tf.make_template("t", lambda: None),
    "Variable": lambda: tf.Variable(1.0),
    "Tensor": lambda: tf.constant(1.0),
    "Operation": lambda: tf.constant(1.0).op,
    "Graph": tf.Graph,
    "VariableScope": tf.get_variable_scope,
    "Session": tf.Session,
}


def find(name):
    """The object of that name; members are looked up on an instance, so that properties are read."""
    first, _, rest = name.partition(".")
    found = OWNERS[first]() if rest and first in OWNERS else getattr(tf, first)
    for part in filter(None, rest.split(".")):
        found = getattr(found, part)
    return found


@pytest.mark.parametrize(("name", "arguments", "status"), ROWS, ids=[name for name, _, _ in ROWS])
def test_row(name, arguments, status):
    with tf.Graph().as_default():
        check(name, arguments, status)


def check(name, arguments, status):
    """Checks one row in the default graph."""
    if refusal := REFUSAL.match(status):
        call, error = refusal.groups()
        with pytest.raises(Exception) as caught:
            eval(call, {"tf": tf} | {owner: make() for owner, make in OWNERS.items() if owner + "." in call})
        assert error in {c.__name__ for c in type(caught.value).__mro__}
        assert str(caught.value)
        return
    assert re.split("[:;,]", status)[0] in ("supported", "accepted")
    found = find(name)
    if arguments:
        assert callable(found)
        taken = [p for p in inspect.signature(found).parameters if p != "self"]
        assert taken[: len(arguments)] == arguments


def test_the_page_has_its_rows():
    assert len(ROWS) > 250
    assert len({name for name, _, _ in ROWS}) == len(ROWS)


@pytest.mark.parametrize("name", ["variable_op_scope", "op_scope"])
def test_deprecated_spellings_warn(name):
    with (
        tf.Graph().as_default(),
        pytest.warns(DeprecationWarning, match=f"tf.{name}.* is deprecated, use tf"),
        getattr(tf, name)([], "a"),
    ):
        assert tf.get_default_graph().get_name_scope() == "a"

"""No name of v1 is missing from docs/ops.md and the table of refused names."""

from __future__ import annotations

import importlib
import inspect
import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
import scopetrie as tf
from scopetrie.ops.registry import OPS
from scopetrie.refused import REFUSED, RefusedNameError

TESTS = Path(__file__).parents[1]
RECORDED = json.loads((TESTS / "recorded" / "v1_function_names.json").read_text("utf-8"))
ROW = re.compile(r"^\| `([\w.]+)` \| *(?:`([^`]*)`)? *\| (.*?) *\|$", re.MULTILINE)


def rows(page: str) -> dict[str, tuple[list[str], str]]:
    """The arguments and the status of each name of a page's tables."""
    text = (TESTS.parent / "docs" / page).read_text("utf-8")
    return {name: (re.findall(r"\w+", taken), status) for name, taken, status in ROW.findall(text)}


OPS_PAGE = rows("ops.md")
OTHER_PAGE = rows("v1_names.md")
NAMESPACES = (
    "",
    "bitwise",
    "image",
    "io",
    "linalg",
    "math",
    "nn",
    "python_io",
    "random",
    "sparse",
    "strings",
)
FUNCTIONS = {
    f"{namespace}.{name}".lstrip("."): taken
    for namespace in NAMESPACES
    for name, taken in RECORDED[namespace].items()
}
OTHERS = {
    f"{namespace}.{name}".lstrip(".")
    for namespace in (*NAMESPACES, "summary", "train")
    for name in RECORDED[f"{namespace} others"]
}


def find(name: str) -> Any:
    found: Any = tf
    for part in name.split("."):
        found = getattr(found, part)
    return found


def test_every_function_of_v1_is_in_a_table() -> None:
    assert FUNCTIONS.keys() - OPS_PAGE.keys() - OTHER_PAGE.keys() == set()
    assert OPS_PAGE.keys() - FUNCTIONS.keys() - REFUSED.keys() == set()


def test_everything_that_is_refused_is_in_the_table_with_its_reason() -> None:
    refused = {
        name: status.removeprefix("refused: ")
        for name, (_, status) in OPS_PAGE.items()
        if status.startswith("refused")
    }
    assert refused == REFUSED


def test_what_is_refused_is_of_v1() -> None:
    # Of 1.15, and not in TensorFlow 2.
    beyond_2 = {"contrib"} | {
        name
        for name in REFUSED
        if name.startswith(("contrib.", "estimator.", "distributions.", "keras.", "saved_model."))
    }
    members = {"nn.rnn_cell", "nn.experimental", "math.special", "linalg.experimental", "random.experimental"}
    assert REFUSED.keys() - FUNCTIONS.keys() - OTHERS - beyond_2 - members == set()


def test_no_class_or_module_of_v1_is_silently_missing() -> None:
    def there(name: str) -> bool:
        try:
            find(name)
        except AttributeError:
            return False
        return True

    assert {name for name in OTHERS if name not in REFUSED and not there(name)} == set()


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    namespace, _, member = name.rpartition(".")
    owner = find(namespace) if namespace else tf
    assert not hasattr(owner, member)
    assert member not in owner.__all__
    with pytest.raises(RefusedNameError) as caught:
        getattr(owner, member)
    assert str(caught.value) == f"scopetrie does not offer tf.{name}: {REFUSED[name]}."


@pytest.mark.parametrize("name", [name for name, row in OPS_PAGE.items() if not row[1].startswith("refused")])
def test_supported(name: str) -> None:
    arguments, status = OPS_PAGE[name]
    assert status.split(":")[0] in ("supported", "accepted")
    assert arguments == (FUNCTIONS[name] or [])
    function = find(name)
    if isinstance(function, type(tf.add)):
        inputs = [each.name for each in function.definition.inputs]
        assert OPS[function.definition.type].function is not None
        assert arguments == [*inputs, "name"]
    else:
        taken = list(inspect.signature(function).parameters)
        assert taken[: len(arguments)] == arguments
    namespace, _, member = name.rpartition(".")
    assert member in (find(namespace) if namespace else tf).__all__


def test_unknown_names_are_mere_attribute_errors() -> None:
    for module, text in ((tf, "scopetrie"), (tf.nn, "scopetrie.nn")):
        with pytest.raises(AttributeError, match=f"module '{text}' has no attribute 'nonesuch'") as caught:
            _ = module.nonesuch
        assert not isinstance(caught.value, RefusedNameError)


def test_the_package_under_its_ported_name() -> None:
    assert importlib.import_module("scopetrie.compat.v1") is tf
    assert tf.compat.v1 is tf
    assert tf.compat.v1.compat.v1.placeholder is tf.placeholder


def test_switches() -> None:
    for name in tf.__all__:
        if name.startswith("disable_"):
            assert getattr(tf, name)() is None
    assert not tf.executing_eagerly()
    assert not tf.executing_eagerly_outside_functions()
    assert not tf.control_flow_v2_enabled()


def test_texts() -> None:
    assert tf.compat.as_bytes("ä") == b"\xc3\xa4" == tf.compat.as_bytes(bytearray(b"\xc3\xa4"))
    assert tf.compat.as_text(b"\xc3\xa4") == "ä" == tf.compat.as_str("ä")
    assert tf.compat.as_str_any(3) == "3"
    assert tf.compat.path_to_str(Path("a")) == "a"
    for convert in (tf.compat.as_bytes, tf.compat.as_text):
        with pytest.raises(TypeError, match="Expected binary or unicode string, got 3"):
            convert(3)  # type: ignore[arg-type]


def test_logging(caplog: pytest.LogCaptureFixture) -> None:
    log = tf.logging
    assert log.get_verbosity() == log.WARN
    log.info("not shown")
    log.warn("%d warnings", 1)
    log.set_verbosity(log.DEBUG)
    try:
        for function in (log.debug, log.info, log.error, log.fatal):
            function("said")
        log.vlog(log.INFO, "said")
        log.log_if(log.INFO, "not said", False)
        for _ in range(5):
            log.log_every_n(log.INFO, "every %s", 2, "second")
            log.log_first_n(log.INFO, "first", 2)
    finally:
        log.set_verbosity(log.WARN)
    log.flush()
    said = [(each.levelno, each.getMessage()) for each in caplog.records]
    assert said[0] == (logging.WARNING, "1 warnings")
    assert said[1:6] == [(level, "said") for level in (log.DEBUG, log.INFO, log.ERROR, log.FATAL, log.INFO)]
    assert [text for _, text in said[6:]] == [
        "every second",
        "first",
        "first",
        "every second",
        "every second",
    ]
    assert tf.get_logger().name == "scopetrie"

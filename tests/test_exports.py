"""`tf.__all__` lists exactly the public names."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest
import scopetrie as tf
from scopetrie import _core, public
from scopetrie.namespaces import places

GENERATE = Path(__file__).resolve().parents[1] / ".ci" / "generate.py"
MESSAGES = (
    *("AttrValue", "Event", "GraphDef", "HistogramProto", "LogMessage", "MetaGraphDef", "NameAttrList"),
    *("NodeDef", "SessionLog", "Summary", "SummaryMetadata", "TensorInfo"),
)
NAMESPACES = [name for name in tf.__all__ if isinstance(getattr(tf, name), types.ModuleType)]


def test_all_is_what_can_be_imported() -> None:
    assert sorted(set(tf.__all__)) == sorted(tf.__all__)
    assert dir(tf) == tf.__all__
    assert [name for name in tf.__all__ if not hasattr(tf, name)] == []
    beside = {name for name, value in vars(tf).items() if not isinstance(value, types.ModuleType)}
    assert {name for name in beside - set(tf.__all__) if not name.startswith("_")} == set()


def test_a_name_is_looked_up_once() -> None:
    """Then it stands in the module: Python finds it without asking."""
    assert tf.nn.relu is vars(tf.nn)["relu"]
    assert tf.math.abs is tf.abs is vars(tf)["abs"]


@pytest.mark.skipif(not GENERATE.is_file(), reason="needs the source tree")
@pytest.mark.skipif(shutil.which("ruff") is None, reason="ruff, which formats the files, is not installed")
def test_what_is_generated_is_what_is_declared() -> None:
    run = subprocess.run([sys.executable, GENERATE, "--check"], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_star_import() -> None:
    names: dict[str, object] = {}
    exec("from scopetrie import *", names)
    assert {name for name in names if name != "__builtins__"} == set(tf.__all__)


@pytest.mark.parametrize("name", NAMESPACES)
def test_namespaces_have_what_they_list(name: str) -> None:
    module = getattr(tf, name)
    assert inspect.getdoc(module)
    names = module.__all__
    assert [each for each in names if not hasattr(module, each)] == []
    for each in names:
        value = getattr(module, each)
        is_pythons = inspect.ismodule(value) and value.__name__.startswith("unittest")  # tf.test.mock
        assert value is None or is_pythons or inspect.getdoc(value), f"tf.{name}.{each}"


@pytest.mark.parametrize(
    "name", [name for name in tf.__all__ if name not in ("__version__", "newaxis", *MESSAGES)]
)
def test_every_name_is_documented(name: str) -> None:
    value = getattr(tf, name)
    doc = inspect.getdoc(value)
    assert doc, name
    if inspect.isclass(value):
        inherited = {inspect.getdoc(base) for base in value.__mro__[1:]}
        assert doc not in inherited, f"{name} has only the docstring of a base class"


def test_every_member_of_the_extension_is_documented() -> None:
    """That it is in the stub, too, is what .ci/stubtest.py checks."""
    kinds = (types.GetSetDescriptorType, types.MemberDescriptorType, types.MethodDescriptorType)
    members = {
        f"{name}.{member}": value
        for name, owner in vars(_core).items()
        if isinstance(owner, type)
        for member, value in vars(owner).items()
        if isinstance(value, kinds) and not member.startswith("__")
    }
    functions = {name: v for name, v in vars(_core).items() if isinstance(v, types.BuiltinFunctionType)}
    assert len(members) > 100
    assert len(functions) > 10
    assert [name for name, value in (members | functions).items() if not value.__doc__] == []


def test_no_module_has_the_name_of_something_else_in_its_folder() -> None:
    """A module that is imported becomes an attribute of its folder, and hides what has its name there."""
    clashes = []
    for space, folder in {"": "", **public.NAMESPACES}.items():
        path = getattr(importlib.import_module(f"scopetrie.{folder}".rstrip(".")), "__path__", ())
        modules = {each.name for each in pkgutil.iter_modules(path)}
        for name, (module, symbol) in places(space).items():
            if name in modules and (symbol or module != f"{folder}.{name}".lstrip(".")):
                clashes.append(f"{space}.{name}")
    assert clashes == []

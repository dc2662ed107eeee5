"""The programs and their recorded answers: one topic per file, one function per program.

A program is `def name(tf, say)`; its id is `topic::name`. Helpers in a topic's file start with an underscore.
"""

import importlib.util
import inspect
import json
import lzma
import pathlib

HERE = pathlib.Path(__file__).parent


def topics():
    """The topics' names, in order."""
    return sorted(p.stem for p in (HERE / "programs").glob("*.py"))


def programs(topic):
    """The programs of a topic, by name, in the order of its file."""
    path = HERE / "programs" / f"{topic}.py"
    spec = importlib.util.spec_from_file_location(f"conformance_program_{topic}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    found = [
        (name, f)
        for name, f in vars(module).items()
        if inspect.isfunction(f) and not name.startswith("_") and f.__module__ == module.__name__
    ]
    return dict(sorted(found, key=lambda item: item[1].__code__.co_firstlineno))


def recorded(topic):
    """TensorFlow's lines for each program of a topic."""
    path = HERE / "recorded" / f"{topic}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def pending():
    """Programs that are known to differ for now: id -> reason."""
    lines = (HERE / "pending.txt").read_text().splitlines()
    entries = [line.partition("#") for line in lines if line.strip() and not line.startswith("#")]
    return {name.strip(): why.strip() or "not there yet" for name, _, why in entries}


def write_fuzz(cases):
    """Writes recorded random programs; returns the file's size."""
    path = HERE / "recorded" / "fuzz.json.xz"
    text = json.dumps(cases, separators=(",", ":"))
    path.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    return path.stat().st_size


def read_fuzz():
    """The recorded random programs: dicts of seed, steps and trace."""
    return json.loads(lzma.decompress((HERE / "recorded" / "fuzz.json.xz").read_bytes()))

"""Nothing that a public function is given may end the process, or leave a graph that cannot be read.

The first attacks are played, in processes of their own; SCOPETRIE_ATTACKS says how many.
"""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from enum import Enum
from pathlib import Path

from hostile import attacks
from hostile.actors import World
from hostile.instances import INSTANCES, NOT_MADE
from public_calls import public_names

COUNT = int(os.environ.get("SCOPETRIE_ATTACKS", "6000"))
PROCESSES = 2
TESTS = Path(__file__).parents[1]


class Player:
    """A process that plays every PROCESSES-th attack, and begins again after one that ended it."""

    def __init__(self, file: Path, first: int, last: int) -> None:
        self.file, self.last = file, last
        self.failures: list[str] = []
        self.start(first)

    def start(self, first: int) -> None:
        self.file.write_bytes(struct.pack("q", -1))
        command = [sys.executable, "-X", "faulthandler", "-m", "hostile.attacks"]
        command += [str(self.file), str(first), str(self.last), str(PROCESSES)]
        paths = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
        self.process = subprocess.Popen(
            command,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.file.parent,  # for those that write files
            env={**os.environ, "PYTHONPATH": paths},
        )

    def finish(self, every: attacks.Attacks) -> list[str]:
        while True:
            _, errors = self.process.communicate()
            if self.process.returncode == 0:
                return self.failures
            (at,) = struct.unpack("q", self.file.read_bytes())
            lines = errors.strip().splitlines()
            how = next((line for line in lines if line.startswith("Fatal")), lines[-1] if lines else "?")
            self.failures.append(f"{attacks.describe(every[at]) if at >= 0 else 'at once'}: {how}")
            if at < 0 or len(self.failures) > 20:
                return self.failures
            self.start(at + PROCESSES)


def test_no_attack_ends_the_process_or_breaks_the_graph(tmp_path: Path) -> None:
    every = attacks.Attacks()
    assert len(every.names()) > 1900
    players = [Player(tmp_path / f"{first}", first, COUNT) for first in range(PROCESSES)]
    assert [failure for player in players for failure in player.finish(every)] == []


def test_every_class_has_an_object_that_is_attacked() -> None:
    known = INSTANCES.keys() | NOT_MADE.keys()
    missing = []
    for name, value in public_names():
        if not isinstance(value, type) or name in known or issubclass(value, BaseException):
            continue
        own = [each for each in vars(value) if not each.startswith("_") and callable(getattr(value, each))]
        is_plain = issubclass(value, (tuple, Enum)) or hasattr(value, "DESCRIPTOR")  # named tuples, messages
        if own and not is_plain:
            missing.append(name)
    assert missing == []
    for name, make in INSTANCES.items():
        assert make(World()) is not None, name


def test_attacks_act() -> None:
    every = attacks.Attacks()
    names = every.names()
    acted = {
        name: sum(attacks.play(every[names.index(name) + i * len(names)]) for i in range(60))
        for name in ("stack", "get_variable", "zeros", "Graph.unique_names", "Session.run")
    }
    assert min(acted.values()) > 5, acted


def test_numbers_beside_each_other_are_read_whole(tmp_path: Path) -> None:
    """NumPy reads freed memory where a list within a list is emptied while it is read: it gets a copy."""
    code = """
import sys, warnings
from hostile import attacks
warnings.simplefilter("ignore")
sys.unraisablehook = lambda _: None
functions = dict(attacks.functions())
for name in ("nn.space_to_batch", "batch_to_space"):
    for fill in range(len(attacks.FILLS)):
        for _ in range(60):
            attacks.play((name, functions[name], "block_size", 2, "dying tensors", "clear", fill))
"""
    paths = os.pathsep.join([str(TESTS), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=200,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": paths, "PYTHONMALLOC": "debug"},
    )
    assert done.returncode == 0, done.stderr[-2000:]

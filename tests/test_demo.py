"""`python -m scopetrie demo` and the examples."""

import re
import runpy
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest
import scopetrie as tf
from scopetrie.__main__ import main

NEEDED = {"jax_training": ["jax"], "onnx_resnet": ["onnx_ir"], "pytorch_sharing": ["torch"]}
FOLDER = Path(__file__).resolve().parents[1] / "examples"
EXAMPLES = sorted([*FOLDER.glob("*.py"), *FOLDER.glob("tf1/*.py")])


def test_demo(capsys, tmp_path):
    assert main(["demo", "--pairs", "4", "--size", "12", "--logdir", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    tree = printed.split("\n\n")[1].splitlines()
    assert tree[:4] == [
        "  siamese/",
        "    conv1/",
        "      weights             (3, 3, 1, 8)           288 bytes",
        "      biases              (8,)                    32 bytes",
    ]
    assert re.fullmatch(r"  6 variables +\d[\d,]+ bytes", tree[-1])
    assert re.search(r"The graph: \d+ operations, built in [\d.]+ ms, [\d.]+ us each \(", printed)
    distances = dict(re.findall(r"^  (a\S* .*?) {2,}([\d.]+)$", printed, flags=re.M))
    assert list(distances) == ["an image and itself", "a disc and another disc", "a disc and stripes"]
    same, alike, unlike = map(float, distances.values())
    assert same == 0  # the towers share their variables
    assert 0 < alike < unlike
    assert f"TensorBoard log: {tmp_path}" in printed
    assert any(path.name.startswith("events.out.tfevents.") for path in tmp_path.iterdir())


def test_demo_is_reproducible(capsys, tmp_path):
    def distances():
        main(["demo", "--logdir", str(tmp_path)])
        return re.findall(r"[\d.]+$", capsys.readouterr().out.split("Mean distances")[1], flags=re.M)

    assert distances() == distances()


def test_demo_without_tensorboard(capsys, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "tensorboard"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    main(["demo"])
    assert "pip install scopetrie[tensorboard]" in capsys.readouterr().out


def test_command_line():
    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "scopetrie", *arguments], capture_output=True, text=True, check=False
        )

    assert run("--version").stdout.split() == ["scopetrie", tf.__version__]
    assert "demo" in run("--help").stdout
    assert run().returncode == 2
    finished = run("demo", "--pairs", "2")
    assert finished.returncode == 0, finished.stderr
    assert finished.stderr == ""


@pytest.mark.skipif(not EXAMPLES, reason="the examples are in the checkout only")
@pytest.mark.parametrize("example", EXAMPLES, ids=[example.stem for example in EXAMPLES])
def test_example(example, capsys, monkeypatch):
    for needed in NEEDED.get(example.stem, []):
        pytest.importorskip(needed)
    monkeypatch.setattr(sys, "argv", [str(example)])
    says_tensorflow = "import tensorflow as tf" in example.read_text()
    with tf.Graph().as_default(), tf.as_tensorflow() if says_tensorflow else nullcontext():
        runpy.run_path(str(example), run_name="__main__")
    assert capsys.readouterr().out

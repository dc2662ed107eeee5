"""The benchmarks: they run, check results and report. No test here depends on a time."""

import importlib
import json
import os
import re
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path

import numpy as np
import pytest
import scopetrie as tf

ROOT = Path(__file__).resolve().parent.parent
if not (ROOT / "bench").is_dir():
    pytest.skip("the benchmarks are in the checkout only", allow_module_level=True)
sys.path.insert(0, str(ROOT))

bare = importlib.import_module("bench.bare")
bare_ops = importlib.import_module("bench.bare_ops")
compare = importlib.import_module("bench.compare")
instructions = importlib.import_module("bench.instructions")
markdown = importlib.import_module("bench.markdown")
report = importlib.import_module("bench.report")
results = importlib.import_module("bench.results")
sampling = importlib.import_module("bench.sampling")


def bench(*arguments):
    """Runs the command line and returns the finished process."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-m", "bench", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


# --- sampling -------------------------------------------------------------------


@pytest.mark.parametrize(("over", "calls"), [(None, 40), ("item in items", 7)])
def test_a_sample_makes_exactly_its_calls(over, calls):
    seen = []
    names = {"call": seen.append, "item": None, "items": range(calls)}
    work = sampling.Work("call(item)", lambda calls: nullcontext(names), over)
    assert work.sample(calls) > 0
    assert len(seen) == calls
    assert over is None or seen == list(range(calls))


def test_a_wrong_result_does_not_count():
    work = sampling.Work(
        "call()",
        sampling.constant({"call": lambda: None}),
        check=lambda names, calls: sampling.require(False, "it did nothing"),
    )
    with pytest.raises(sampling.WrongResult, match="it did nothing"):
        sampling.interleave([work], 20, sampling.QUICK)


def test_calls_that_would_not_be_made_are_wrong():
    made = []
    work = sampling.Work("call()", sampling.constant({"call": lambda: made.append(1)}))
    with pytest.raises(sampling.WrongResult, match=r"10 calls of 'call\(\)' are no whole turns of 20"):
        work.sample(10)
    work.sample(40)
    assert len(made) == 40


def test_contenders_take_turns():
    order = []
    works = [
        sampling.Work("note()", sampling.constant({"note": lambda name=name: order.append(name)}))
        for name in ("a", "b")
    ]
    effort = sampling.Effort(seconds=0, least=4, most=4)
    samples = sampling.interleave(works, 20, effort)
    assert [len(taken.values) for taken in samples] == [4, 4]
    # One sample each to warm up, then rounds in alternating order.
    assert order[::20] == [*"ab", *"ab", *"ba", *"ab", *"ba"]


def test_ratios_are_paired_by_round():
    ours, theirs = sampling.Samples((1.0, 20.0, 3.0)), sampling.Samples((2.0, 40.0, 6.0))
    assert sampling.paired_ratios(ours, theirs).values == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("on", "target", "stretch", "verdict"),
    [
        ("ratio", 0.6, 0.4, "met"),
        ("ratio", 0.6, 0.5, "stretch"),
        ("ratio", 0.4, None, "missed"),
        ("value", 10.0, None, "met"),
        ("value", 9.0, None, "missed"),
        ("difference", -10.0, None, "met"),
        ("ratio", None, None, ""),
    ],
)
def test_verdicts(on, target, stretch, verdict):
    ours, theirs = sampling.Samples((10.0,)), sampling.Samples((20.0,))
    ratio = sampling.paired_ratios(ours, theirs)
    made = results.Result("key", "title", "ns", ours, theirs, "other", ratio, target, stretch, on)
    assert made.verdict == verdict


# --- the bare-Python equivalents ------------------------------------------------


@pytest.fixture
def graph():
    yield bare.start()
    bare.start()


def test_bare_variables_are_shared_under_reuse_only(graph):
    dtype = np.dtype("float32")
    with bare.Scope("a"), bare.Scope("b"):
        made = bare.get_variable("w", (3,), dtype)
        with pytest.raises(ValueError, match="already exists"):
            bare.get_variable("w", (3,), dtype)
    with bare.Scope("a", reuse=True), bare.Scope("b"):
        assert bare.get_variable("w") is made
        assert bare.get_variable("w", shape=(3,), dtype=dtype) is made
        for wrong in ({"shape": (4,)}, {"dtype": np.dtype("float64")}):
            with pytest.raises(ValueError, match="another"):
                bare.get_variable("w", **wrong)
        with pytest.raises(ValueError, match="does not exist"):
            bare.get_variable("v")
    assert made.name == "a/b/w" and made.value.tolist() == [0, 0, 0]
    assert list(graph.variables) == ["a/b/w"]


def test_bare_names_are_unique(graph):
    with bare.Scope("s"):
        got = [bare.unique_name(name) for name in ("a", "a", "a_1", "a", "a_2")]
    assert got == ["s/a", "s/a_1", "s/a_1_1", "s/a_2", "s/a_2_1"]


def test_bare_nodes(graph):
    x, y = (bare.placeholder(np.dtype("float32"), (3,)) for _ in range(2))
    assert (x + y).inputs == (x, y)
    assert (x * 2.0).inputs == (x, 2.0)
    assert bare.negative(bare.add(x, y)).shape == (3,)
    assert [node.name for node in graph.nodes] == [
        "Placeholder",
        "Placeholder_1",
        "Add",
        "mul",
        "Add_1",
        "Neg",
    ]


def test_bare_ops_make_the_nodes_that_v1_makes(graph):
    x = bare.placeholder(np.dtype("float32"), (2, 3), "x")
    made = [
        bare_ops.constant([1.0, 2.0]),
        bare_ops.reduce_sum(x),
        bare_ops.reduce_sum(x, 1),
        bare_ops.reshape(x, [3, -1]),
        bare_ops.transpose(x, [1, 0]),
        bare_ops.concat([x, x], 0),
        bare_ops.matmul(x, bare_ops.reshape(x, [3, 2])),
        bare_ops.cast(x, np.dtype("int32")),
        bare_ops.item(x, -1),
        bare_ops.variable(1.0),
    ]
    assert [each.shape for each in made] == [
        (2,), (), (2,), (3, 2), (3, 2), (4, 3), (2, 2), (2, 3), (3,), (),
    ]  # fmt: skip
    names = [node.name for node in graph.nodes]
    assert names == [
        "x", "Const", "Const_1", "Sum", "Sum_1/reduction_indices", "Sum_1", "Reshape/shape", "Reshape",
        "transpose/perm", "transpose", "concat/axis", "concat", "Reshape_1/shape", "Reshape_1", "MatMul",
        "Cast",
        "strided_slice/stack", "strided_slice/stack_1", "strided_slice/stack_2", "strided_slice",
        "Variable/initial_value", "Variable", "Variable/Assign", "Variable/read",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="another number"):
        bare_ops.reshape(x, [4])
    with pytest.raises(ValueError, match="other sizes"):
        bare_ops.concat([x, made[0]], 0)
    with pytest.raises(ValueError, match="do not fit"):
        bare_ops.matmul(x, x)
    with pytest.raises(IndexError):
        bare_ops.item(x, 2)


def test_the_survey_knows_its_calls():
    survey = importlib.import_module("bench.survey")
    found = survey.survey(tf, "reduce_sum(x, 1)")
    assert [(call, made) for _, call, made, _ in found] == [("tf.reduce_sum(x, 1)", 2)]
    with tf.Graph().as_default():
        scope = survey.names(tf)
        for line in survey.CALLS.strip().splitlines():
            for call in line.split(" | "):
                eval(call, dict(scope))


# --- the command line -----------------------------------------------------------


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """One quick run of everything: its process and its file."""
    file = tmp_path_factory.mktemp("bench") / "quick.json"
    return bench("--quick", "--json", str(file)), file


def test_the_quick_form_measures_every_group(quick):
    ran, file = quick
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "WRONG" not in ran.stdout
    document = json.loads(file.read_text())
    sections = {entry["extra_info"].get("section") for entry in document["benchmarks"]}
    assert sections >= {"calls", "ops", "jobs", "session", "training", "sizes", "memory", "import"}
    optional = ("bulk.", "memory.", "views.onnx")  # what needs packages that the tests do not
    assert all(key.startswith(optional) for key in document["skipped"]), document["skipped"]
    assert document["machine_info"]["python"] and document["machine_info"]["processor"]


def test_the_file_is_in_pytest_benchmarks_form(quick):
    document = json.loads(quick[1].read_text())
    assert {"machine_info", "commit_info", "benchmarks", "datetime", "version"} <= document.keys()
    for entry in document["benchmarks"]:
        assert {"group", "name", "fullname", "params", "stats", "extra_info"} <= entry.keys()
        stats = entry["stats"]
        assert stats["min"] <= stats["q1"] <= stats["median"] <= stats["q3"] <= stats["max"]


def test_a_file_compared_with_itself_has_not_changed(quick):
    ran = bench("compare", str(quick[1]), str(quick[1]))
    assert ran.returncode == 0, ran.stderr
    rows = [line for line in ran.stdout.splitlines() if "%" in line]
    assert rows and all("+0.0% within the spread" in line for line in rows)


def test_the_table_for_the_readme_has_the_rows_with_a_target(quick):
    ran = bench("markdown", str(quick[1]), "calls")
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("| call | relative to bare Python | target |\n")
    assert re.search(r"^\| get_variable, reuse hit, name \| \d+\.\d\dx \| 0.8x \|$", ran.stdout, re.MULTILINE)
    assert "makes no array" not in ran.stdout and "run of one" not in ran.stdout


def test_marked_tables_of_a_page_are_replaced(quick, tmp_path):
    page = tmp_path / "page.md"
    old = "| call | target |\n|---|---|\n| another row | 1x |\n"
    marks = ("hit.name unique", "session", "peers", "no.such.row")
    page.write_text("Text.\n" + "".join(f"\n<!-- bench: {mark} -->\n\n{old}\nText.\n" for mark in marks))
    ran = bench("markdown", str(quick[1]), "--write", str(page))
    assert ran.returncode == 0, ran.stderr
    _, rows, session, peers, unknown = page.read_text().split("<!-- bench: ")
    assert [line.split(" | ")[0] for line in rows.splitlines() if line.startswith("|")] == [
        "| call", "|---|---|---|", "| get_variable, reuse hit, name", "| Graph.unique_name('a')",
    ]  # fmt: skip
    assert re.search(r"\| run of one scalar add \| \(absolute\) \| [\d.]+ [mnu]s \| 4.00 us \|", session)
    # There are no rows of peers in this file, and none of that name: those tables stay.
    assert old in peers and old in unknown
    assert page.read_text().count("Text.\n") == 5


def test_the_table_of_peers_says_how_many_times_as_long_they_take():
    def entry(key, title, ratio):
        return {
            "group": key,
            "extra_info": {"title": title, "section": "peers", "ratio": ratio, "target": None},
        }

    entries = [
        entry("peers.torch.node.add", "torch (Module, fx): add(x, y)", 0.02),
        entry("peers.rustworkx.node.add", "rustworkx (no names): add(x, y)", 1.25),
        entry("peers.torch.create", "torch (Module, fx): create", 0.0005),
    ]
    assert markdown.table({"benchmarks": entries}, ["peers"]).splitlines() == [
        "| call | torch | rustworkx |",
        "|---|---|---|",
        "| add(x, y) | 50x | 0.8x |",
        "| create | 2,000x | - |",
    ]


def test_the_pages_have_a_table_for_each_mark():
    for name in ("README.md", "docs/index.md", "docs/performance.md"):
        page = (ROOT / name).read_text("utf-8")
        marks = re.findall(r"^<!-- bench: ", page, re.MULTILINE)
        tables = markdown.MARKED.findall(page)
        assert 0 < len(marks) == len(tables), f"{name}: a mark without a table below it"


def test_only_selects_rows():
    ran = bench("--quick", "--only", "hit.name")
    assert ran.returncode == 0, ran.stderr
    assert "1 rows, 1 with a target" in ran.stdout


def test_plots(quick, tmp_path):
    pytest.importorskip("matplotlib", reason="plots need the extra bench")
    ran = bench("plot", str(quick[1]), str(tmp_path))
    assert ran.returncode == 0, ran.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"speed.svg", "speed.png", "flat.svg", "flat.png"}


def test_a_change_beyond_the_spread_is_named():
    def document(ratio):
        extra = {
            "title": "a call",
            "unit": "ns",
            "ratio": ratio,
            "ratio_quartiles": [ratio - 0.01, ratio + 0.01],
        }
        return {"benchmarks": [{"group": "call", "extra_info": extra, "stats": {}}]}

    assert compare.changes(document(0.5), document(0.8))[1].endswith("+60.0% slower")
    assert compare.changes(document(0.5), document(0.505))[1].endswith("+1.0% within the spread")


# --- instruction counts ---------------------------------------------------------


def test_a_regression_of_more_than_a_tenth_is_named():
    assert instructions.regressions({"hit": 104.0}, {"hit": 100.0}) == []
    assert instructions.regressions({"hit": 106.0}, {"hit": 100.0}) == [
        "hit: 106 instructions, baseline 100 (+6.0%, at most +5%)"
    ]
    assert instructions.regressions({}, {"hit": 100.0}) == ["hit: not counted any more"]


def test_quantities_are_readable():
    shown = [report.quantity(value, "ns") for value in (9.876, 98.76, 987.6, 9876.0, 9.9e9)]
    assert shown == ["9.88 ns", "98.8 ns", "988 ns", "9.88 us", "9.90 s"]

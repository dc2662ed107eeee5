"""Graphs, scopes and sessions as trees of their variables: text, HTML, rich, treescope."""

from __future__ import annotations

import io
import subprocess
import sys
from html.parser import HTMLParser
from typing import Any

import pytest
import scopetrie as tf
from hypothesis import given
from hypothesis import strategies as st
from scopetrie.printing import Outline, facts_of, grow, printed

FLOAT = facts_of("float32", 4, (2, 2))


@printed
class Things:
    """Anything that is printed: paths with the facts of a variable each."""

    def __init__(self, *paths: str, facts: Any = FLOAT) -> None:
        self.paths, self.facts = paths, facts

    def _outline(self) -> Outline:
        return Outline("Things", (), grow((path, self.facts) for path in self.paths))


@pytest.fixture
def graph() -> Any:
    with tf.Graph().as_default() as graph:
        with tf.variable_scope("encoder"):
            for layer in range(2):
                with tf.variable_scope(f"layer_{layer}"):
                    tf.get_variable("w", [4, 4])
                    tf.get_variable("b", [4], initializer=tf.zeros_initializer(), trainable=False)
        tf.get_variable("step", [], tf.int64, initializer=tf.zeros_initializer())
        yield graph


# --- text -------------------------------------------------------------------------------


def test_a_graph_is_a_tree_with_totals(graph: Any) -> None:
    assert str(graph).splitlines() == [
        f"Graph: {graph.version} operations, 5 variables, 41 elements, 168 B",
        "  encoder/    4 variables    160 B",
        "    layer_0/  2 variables     80 B",
        "      w       float32[4, 4]   64 B",
        "      b       float32[4]      16 B  not trainable",
        "    layer_1/  2 variables     80 B",
        "      w       float32[4, 4]   64 B",
        "      b       float32[4]      16 B  not trainable",
        "  step        int64[]          8 B",
    ]


def test_a_scope_shows_what_is_beneath_it(graph: Any) -> None:
    with tf.variable_scope("encoder/layer_0") as scope:
        pass
    assert str(scope).splitlines() == [
        "VariableScope 'encoder/layer_0': 2 variables, 20 elements, 80 B",
        "  w  float32[4, 4]  64 B",
        "  b  float32[4]     16 B  not trainable",
    ]
    with tf.variable_scope("encode") as scope:  # no prefix of text, but a path
        assert str(scope) == "VariableScope 'encode': 0 variables, 0 elements, 0 B"


def test_a_session_says_what_has_no_value_yet(graph: Any) -> None:
    with tf.Session() as session:
        assert str(session).count("no value yet") == 5
        session.run(tf.variables_initializer(tf.global_variables("encoder/layer_0")))
        lines = str(session).splitlines()
    assert lines[0].startswith("Session: ") and "on numpy, 5 variables" in lines[0]
    assert [line.split()[0] for line in lines if "no value yet" in line] == ["w", "b", "step"]
    assert "closed" in str(session).splitlines()[0]


def test_a_path_that_is_a_variable_and_a_scope() -> None:
    assert str(Things("w", "w/momentum", "w/velocity")).splitlines()[1:] == [
        "  w           float32[2, 2]  16 B  beneath it 2 variables, 32 B",
        "    momentum  float32[2, 2]  16 B",
        "    velocity  float32[2, 2]  16 B",
    ]
    assert str(Things("w/momentum", "w/velocity", "w")) == str(Things("w", "w/momentum", "w/velocity"))


def test_a_scope_with_one_child_is_one_line() -> None:
    assert str(Things("a/b/c", "a/b/d", "x/y/z")).splitlines()[1:] == [
        "  a/b/   2 variables    32 B",
        "    c    float32[2, 2]  16 B",
        "    d    float32[2, 2]  16 B",
        "  x/y/z  float32[2, 2]  16 B",
    ]


def test_what_is_not_known_is_said_so() -> None:
    with tf.Graph().as_default() as graph:
        tf.Variable(tf.placeholder(tf.float32), validate_shape=False, name="any")
        tf.Variable(tf.placeholder(tf.float32, [None, 2]), validate_shape=False, name="some")
        tf.Variable([1.0], name="one")
    lines = str(graph).splitlines()
    assert lines[0].endswith("3 variables, 1 element, >= 4 B")
    assert [line.split(maxsplit=1) for line in lines[1:]] == [
        ["any", "float32[...]"],
        ["some", "float32[...]"],
        ["one", "float32[1]    4 B"],
    ]


WIDE = [f"layer_{number}/{name}" for number in range(1000) for name in "wb"]
DEEP = ["/".join(["down"] * 5000 + [name]) for name in "wb"]
STAIRS = ["/".join(f"s{number}" for number in range(depth)) + "/w" for depth in range(1, 200)]


@pytest.mark.parametrize("paths", [WIDE, DEEP, STAIRS, [f"v{number}" for number in range(10_000)]])
def test_a_long_tree_is_cut(paths: list[str]) -> None:
    things = Things(*paths)
    text = str(things)
    lines = text.splitlines()
    assert 2 < len(lines) < 40
    assert f"{len(paths):,} variables" in lines[0]
    assert len(things._repr_html_()) < 1_000_000


def test_dots_say_how_many_are_left_out() -> None:
    lines = str(Things(*WIDE)).splitlines()
    at = next(number for number, line in enumerate(lines) if line.lstrip().startswith("..."))
    shown = sum(line.lstrip().startswith("layer_") for line in lines)
    assert lines[at].split() == ["...", str(1000 - shown), "more,", f"{2000 - 2 * shown:,}", "variables"]
    assert "layer_999/" in lines[at + 1]  # the last one is shown
    assert str(Things(*[f"v{number}" for number in range(100)])).count("more") == 1


def test_levels_that_are_not_shown_are_marked() -> None:
    paths = [f"{a}/{b}/{c}/{d}" for a in range(4) for b in range(4) for c in range(4) for d in range(4)]
    lines = str(Things(*paths)).splitlines()
    assert len(lines) < 40
    assert any(line.split()[1:4] == ["16", "variables", "..."] for line in lines)


@given(st.lists(st.text(alphabet="ab/\n\x1b🙂", max_size=12), unique=True, max_size=60))
def test_any_names_give_few_printable_lines_and_the_totals(paths: list[str]) -> None:
    lines = str(Things(*paths)).splitlines()
    assert len(lines) < 40
    assert all(line.isprintable() for line in lines)
    count = "1 variable," if len(paths) == 1 else f"{len(paths)} variables,"
    assert count in lines[0] and f"{16 * len(paths)} B" in lines[0]


def test_columns_are_aligned_where_characters_are_wide() -> None:
    narrow, wide, marked = str(Things("abc", "層層", "e\u0301")).splitlines()[1:]
    assert narrow.index("float32") == wide.index("float32") + 2  # two characters of two columns each
    assert narrow.index("float32") == marked.index("float32") - 1  # an accent of no column


def test_long_names_shapes_and_dtypes_are_shortened() -> None:
    text = str(Things("n" * 10_000, facts=facts_of("d" * 10_000, 1, [10] * 5000)))
    assert all(len(line) < 200 for line in text.splitlines())


# --- one line ---------------------------------------------------------------------------


def test_repr_is_one_line(graph: Any) -> None:
    assert repr(graph) == f"<tf.Graph at {id(graph):#x}: {graph.version} operations, 5 variables>"
    graph.finalize()
    assert repr(graph).endswith("5 variables>") and "finalized" in repr(graph)
    session = tf.Session()
    at = f"<tf.Session at {id(session):#x}: "
    assert repr(session) == f"{at}{graph.version} operations, finalized, 5 variables, on numpy>"
    session.close()
    assert repr(session) == f"{at}closed>"


def test_repr_of_a_scope_says_what_is_not_ordinary() -> None:
    with tf.Graph().as_default():
        assert repr(tf.get_variable_scope()) == "<tf.VariableScope ''>"

        def double(getter: Any, *args: Any, **kwargs: Any) -> Any:
            return getter(*args, **kwargs)

        with tf.variable_scope(
            "a",
            reuse=tf.AUTO_REUSE,
            initializer=tf.ones_initializer(),
            dtype=tf.float64,
            custom_getter=double,
        ) as scope:
            wanted = "'a', reuse=AUTO_REUSE, dtype=float64, initializer=Ones, custom_getter=double"
            assert repr(scope) == f"<tf.VariableScope {wanted}>"


def test_repr_looks_at_no_variable() -> None:
    class Watched(tf.Graph):
        def _variables(self) -> Any:
            raise AssertionError("repr lists the variables")

    graph = Watched()
    with graph.as_default():
        tf.get_variables([f"v{number}" for number in range(100)], [[2]] * 100)
    assert "100 variables" in repr(graph) and "100 variables" in repr(tf.Session(graph=graph))
    with pytest.raises(AssertionError, match="lists"):
        str(graph)


# --- other forms ------------------------------------------------------------------------


class Balanced(HTMLParser):
    """Checks that tags are closed in order, and gathers the text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


EVIL = "<script>alert('x')</script>&\"/w[bold]"


def test_html_folds_and_is_escaped(graph: Any) -> None:
    for thing in (graph, Things(EVIL, "</details>/w", "</details>/x")):
        parser = Balanced()
        parser.feed(thing._repr_html_())
        parser.close()
        assert parser.open == [] and parser.tags == {"div", "details", "summary", "span"}
        assert (EVIL in parser.text) == isinstance(thing, Things)


def test_rich_prints_names_as_they_are(graph: Any) -> None:
    console = pytest.importorskip("rich.console")
    out = io.StringIO()
    for thing in (graph, Things(EVIL)):
        console.Console(file=out, width=200).print(thing)
    text = out.getvalue()
    assert EVIL in text and "encoder/" in text and "float32[4, 4]" in text


def test_treescope_shows_the_tree(graph: Any) -> None:
    treescope = pytest.importorskip("treescope")
    text = treescope.render_to_text(graph)
    assert text.startswith("Graph: ") and "float32[4, 4]" in text and "layer_1/" in text
    assert "<script>alert" not in treescope.render_to_html(Things(EVIL, "a/b"))


def test_nothing_optional_is_imported() -> None:
    code = (
        "import sys, scopetrie as tf; g = tf.Graph(); str(g), repr(g), g._repr_html_();"
        "print(*{'rich', 'treescope', 'IPython'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.split() == []

"""`Graph.show()`: scopes as boxes, tensors between them counted, names escaped, large graphs shortened."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
import scopetrie as tf
from scopetrie.graph.levels import levels_of


@pytest.fixture(autouse=True)
def graph() -> Iterator[tf.Graph]:
    with tf.Graph().as_default() as graph:
        yield graph


def network() -> None:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    with tf.variable_scope("first"):
        w = tf.get_variable("w", [3, 3])
        y = tf.nn.relu(tf.matmul(x, w), name="y")
    with tf.name_scope("second"):
        tf.add(y + 1.0, tf.reduce_sum(y, 1, keepdims=True), name="z")


def test_boxes_and_edges(graph: tf.Graph) -> None:
    network()
    top, first, second = levels_of(graph, "")
    assert [(each.name, each.kind, each.note) for each in top.items] == [
        ("x", "op", "Placeholder"),
        ("first", "scope", "12 operations"),
        ("second", "scope", "5 operations"),
    ]
    assert top.edges == {(0, 1): 1, (1, 2): 2}  # two tensors go from first to second
    assert (top.facts, top.children) == ("18 operations", [1, 2])
    assert [(each.name, each.note) for each in first.items] == [
        ("in", ""),
        ("w", "float32[3, 3]"),
        ("MatMul", "MatMul"),
        ("y", "Relu"),
        ("out", ""),
    ]
    assert first.edges == {(0, 2): 1, (1, 2): 1, (2, 3): 1, (3, 4): 2}
    assert second.path == "second" and second.facts == "5 operations, 2 constants not drawn"
    assert second.edges == {(0, 1): 1, (0, 2): 1, (1, 3): 1, (2, 3): 1}


def test_pages_and_images(graph: tf.Graph, tmp_path: Path) -> None:
    network()
    picture = graph.show()
    assert repr(picture).startswith("<Picture of Graph, 18 operations: save('graph.html')")
    picture.save(tmp_path / "graph.html")
    page = (tmp_path / "graph.html").read_text("utf-8")
    assert page == picture.html() and picture._repr_html_() in page
    assert page.count("<details") == page.count("</details>") == page.count("<svg") == 3
    assert "<script" not in page
    assert set(re.findall(r"https?://[^\"' ]*", page)) == {"http://www.w3.org/2000/svg"}  # a name, no address
    picture.save(str(tmp_path / "graph.svg"))
    image = ElementTree.fromstring((tmp_path / "graph.svg").read_text("utf-8"))
    words = {each.text for each in image.iter("{http://www.w3.org/2000/svg}text")}
    assert words == {
        "x",
        "Placeholder",
        "first",
        "second",
        "12 operations",
        "5 operations",
        "\N{MULTIPLICATION SIGN}2",
    }
    for each in image.iter("{http://www.w3.org/2000/svg}rect"):
        assert 0 <= float(each.attrib["x"]) <= float(image.attrib["width"]) - float(each.attrib["width"])
        assert 0 <= float(each.attrib["y"]) <= float(image.attrib["height"]) - float(each.attrib["height"])
    with pytest.raises(ValueError, match=r"ends in \.html or \.svg, not 'graph\.png'"):
        picture.save(tmp_path / "graph.png")


def test_a_scope_alone(graph: tf.Graph) -> None:
    network()
    picture = graph.show("first")
    assert "<summary>first<i>" in picture.html() and "second" not in picture.html()
    assert picture.svg("first") == graph.show().svg("first")
    with pytest.raises(KeyError, match="the graph has no scope 'third'"):
        graph.show("third")
    with pytest.raises(KeyError, match="there is no scope 'third'"):
        picture.svg("third")
    assert tf.Graph().show().svg().startswith("<svg")


def test_names_are_escaped(graph: tf.Graph) -> None:
    """Names of scopes follow a rule, but those of a file's or another program's graph need not."""
    from scopetrie.printing.picture import Item, Level, Picture

    bad = "</title><script>alert('&\"')</script>"
    picture = Picture(bad, [Level("", bad, [Item(bad, "op", bad)], {}, [1]), Level(bad, bad, [], {}, [])])
    for text in (picture.html(), picture.svg(), picture._repr_html_()):
        assert "<script" not in text
    image = ElementTree.fromstring(picture.svg())
    assert image.findtext(".//{http://www.w3.org/2000/svg}title") == f"{bad} {bad}"


def test_edges_that_go_back(graph: tf.Graph) -> None:
    """From a to b and back to a: drawn, but the boxes stand in the order in which they were made."""
    with tf.name_scope("a"):
        x = tf.placeholder(tf.float32, [], name="x")
    with tf.name_scope("b"):
        y = tf.exp(x)
    with tf.name_scope("a/"):
        tf.exp(y)
    (top, *_) = levels_of(graph, "")
    assert top.edges == {(0, 1): 1, (1, 0): 1}
    assert 'class="back"' in graph.show().svg()


def test_large_graphs_are_shortened(graph: tf.Graph) -> None:
    for outer in range(60):
        with tf.name_scope(f"outer_{outer}"):
            x = tf.placeholder(tf.float32, [])
            for inner in range(60):
                with tf.name_scope(f"inner_{inner}"):
                    for _ in range(45):
                        x = x + x
    start = time.process_time()
    picture = graph.show()
    page = picture.html()
    assert time.process_time() - start < 5  # 160,000 operations; 0.2 s on a quiet core
    assert len(page) < 1_000_000
    assert "21 more" in page and "outer_38" in page and "outer_39" not in page
    assert "6 more" in graph.show("outer_3/inner_4").html()

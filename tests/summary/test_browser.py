"""TensorBoard and pictures of graphs in a headless browser: what a reader sees.

Needs Chromium with its driver (Debian: `apt-get install chromium chromium-driver`), and the package selenium.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scopetrie as tf

pytest.importorskip("tensorboard")
webdriver = pytest.importorskip("selenium.webdriver", reason="needs the package selenium")
CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None,
    reason="needs Chromium and its driver: apt-get install chromium-driver",
)

# All texts of a page, and the elements of a name: through shadow roots, which TensorBoard's pages consist of.
TEXTS = """
const found = [];
(function walk(node) {
  if (node.nodeType === 3 && node.textContent.trim()) found.push(node.textContent.trim());
  if (node.shadowRoot) walk(node.shadowRoot);
  for (const each of node.childNodes)
    if (!['STYLE', 'SCRIPT', 'TEMPLATE'].includes(each.nodeName)) walk(each);
})(document.body);
return found;
"""
ELEMENTS = """
const wanted = arguments[0], found = [];
(function walk(node) {
  if (node.localName === wanted) found.push(node);
  if (node.shadowRoot) walk(node.shadowRoot);
  for (const each of node.children || []) walk(each);
})(document.body);
return found;
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for each in (
        "headless=new",
        "no-sandbox",
        "disable-gpu",
        "disable-dev-shm-usage",
        "window-size=1500,1100",
    ):
        options.add_argument(f"--{each}")
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a TensorBoard that shows a training."""
    folder = tmp_path_factory.mktemp("logs")
    train(folder)
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", str(folder), "--load_fast", "false"]
    server = subprocess.Popen(
        [*command, "--host", "127.0.0.1", "--port", "0"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        assert server.stdout is not None
        found = next(filter(None, (re.search(r"http://\S+", line) for line in server.stdout)), None)
        assert found is not None, "TensorBoard does not start"
        yield found[0]
    finally:
        server.terminate()
        server.communicate()


def train(folder: Path) -> None:
    """Ten steps with a scalar, a histogram, and the times of the operations in one of them."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        with tf.name_scope("model"):
            y = tf.layers.dense(x, 4, name="dense")
        loss = tf.reduce_mean(tf.square(y), name="mean")
        tf.summary.scalar("loss", loss)
        tf.summary.histogram("outputs", y)
        merged = tf.summary.merge_all()
        step = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
        session.run(tf.global_variables_initializer())
        with tf.summary.FileWriter(folder, graph) as writer:
            for number in range(10):
                metadata = tf.RunMetadata()
                options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
                feeds = {x: np.ones((8, 3), np.float32)}
                _, summary = session.run([step, merged], feeds, options, metadata)
                writer.add_summary(summary, number)
            writer.add_run_metadata(metadata, "step nine", 9)


def wait(browser: Any, question: Callable[[Any], Any]) -> Any:
    """Asks until the answer is true, for a minute at most."""
    until = time.monotonic() + 60
    while not (found := question(browser)):
        assert time.monotonic() < until, browser.execute_script(TEXTS)
        time.sleep(0.2)
    return found


def shown(browser: Any, *words: str) -> None:
    wait(browser, lambda driver: set(words) <= set(driver.execute_script(TEXTS)))


def elements(browser: Any, name: str) -> list[Any]:
    found: list[Any] = browser.execute_script(ELEMENTS, name)
    return found


@pytest.mark.parametrize(
    "page, words",
    [
        ("timeseries", ["loss", "outputs", "Smoothed"]),
        ("histograms", ["outputs", "Histogram mode"]),
    ],
)
def test_summaries(browser: Any, board: str, page: str, words: list[str]) -> None:
    browser.get("about:blank")
    browser.get(f"{board}#{page}")
    shown(browser, *words)


def test_the_graph_and_the_times_of_its_operations(browser: Any, board: str) -> None:
    browser.get("about:blank")
    browser.get(f"{board}#graphs")
    shown(browser, "model", "x", "mean", "gradients", "GradientDesc\N{HORIZONTAL ELLIPSIS}", "step nine")
    (controls,) = elements(browser, "tf-graph-controls")
    browser.execute_script("arguments[0].set('_selectedTagIndex', 1)", controls)
    stats = wait(browser, lambda driver: driver.execute_script("return arguments[0].stats", controls))
    (device,) = stats["dev_stats"]
    times = {each["node_name"]: each for each in device["node_stats"]}
    assert times["model/dense/MatMul"]["timeline_label"] == (
        "model/dense/MatMul = MatMul(x, dense/kernel/read)"
    )
    assert all(each["all_end_rel_micros"] >= 1 for each in times.values())
    (compute,) = (
        each
        for each in elements(browser, "paper-radio-button")
        if each.get_attribute("name") == "compute_time"
    )
    assert compute.get_attribute("disabled") is None
    browser.execute_script("arguments[0].click()", compute)
    shown(browser, "Devices included in stats:", "CPU:0")
    wait(
        browser,
        lambda driver: any(re.fullmatch(r"[\d.]+ [µm]s", each) for each in driver.execute_script(TEXTS)),
    )


def test_the_profile_of_a_run(browser: Any, board: str) -> None:
    pytest.importorskip("xprof", reason="needs the package xprof, which has the page")
    browser.get("about:blank")
    browser.get(f"{board}#profile")
    browser.switch_to.frame(wait(browser, lambda driver: elements(driver, "iframe"))[0])
    try:
        shown(browser, "step nine", "Overview Page", "localhost")
    finally:
        browser.switch_to.default_content()


def test_pictures_open_and_close(browser: Any, tmp_path: Path) -> None:
    with tf.Graph().as_default() as graph:
        with tf.variable_scope("outer"), tf.variable_scope("middle"), tf.variable_scope("inner"):
            tf.nn.relu(tf.get_variable("weights", [2]), name="innermost")
        graph.show().save(tmp_path / "graph.html")
    browser.get_log("browser")  # of the pages before
    browser.get((tmp_path / "graph.html").as_uri())
    scopes = browser.find_elements("tag name", "details")
    names = [each.find_element("tag name", "summary").get_attribute("textContent") for each in scopes]
    assert [each[:5] for each in names] == ["Graph", "outer", "middl", "inner"]
    assert [each.get_attribute("open") for each in scopes] == ["true", "true", None, None]
    assert "innermost" not in browser.find_element("tag name", "body").text
    for each in scopes[2:]:
        each.find_element("tag name", "summary").click()
    text = browser.find_element("tag name", "body").text
    assert "innermost" in text and "float32[2]" in text
    scopes[0].find_element("tag name", "summary").click()
    assert "innermost" not in browser.find_element("tag name", "body").text
    box = browser.execute_script("const b = document.querySelector('svg').getBBox(); return [b.x, b.y]")
    assert min(box) >= 0
    assert browser.get_log("browser") == []

"""Two pictures of a result file: time per call for both sides, and time against graph size.

    python -m bench plot results.json docs/images

writes speed.svg, speed.png, flat.svg and flat.png. Needs matplotlib (the extra `bench`).
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .report import quantity
from .results import Unavailable

OURS, THEIRS, PEER = "#1b6ca8", "#b0b4ba", "#c8641e"
MARKS = "Do^sv*Pd"


def _pyplot() -> Any:
    try:
        matplotlib = importlib.import_module("matplotlib")
    except ImportError as error:
        raise Unavailable("plots need matplotlib: pip install 'scopetrie[bench]'") from error
    matplotlib.use("Agg")
    # Equal figures give equal files, so that a commit shows what changed: no dates, no random ids.
    matplotlib.rcParams["svg.hashsalt"] = "scopetrie"
    matplotlib.rcParams["svg.fonttype"] = "none"
    return importlib.import_module("matplotlib.pyplot")


def _by_group(document: Mapping[str, Any], section: str) -> dict[str, dict[str, Any]]:
    """Row key -> side -> entry, for the rows of one section."""
    rows: dict[str, dict[str, Any]] = {}
    wanted = {e["group"] for e in document["benchmarks"] if e["extra_info"].get("section") == section}
    for entry in document["benchmarks"]:
        if entry["group"] in wanted:
            rows.setdefault(entry["group"], {})[entry["param"]] = entry
    return rows


def _peers(document: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Peer -> row key -> ns per call, rescaled to this run: our time here over the ratio to the peer."""
    found: dict[str, dict[str, float]] = {}
    for group, row in _by_group(document, "peers").items():
        _, peer, key = group.split(".", 2)
        ours = row["scopetrie"]
        found.setdefault(peer, {})[key] = ours["stats"]["median"] * 1e9 / ours["extra_info"]["ratio"]
    return found


def speed(document: Mapping[str, Any]) -> Any:
    """Bars per call on a log axis, for the rows that have a target; other libraries as markers.

    Args:
      document: A parsed result file.

    Returns:
      The matplotlib figure.

    Raises:
      Unavailable: without matplotlib, or when the file lacks the rows.
    """
    pyplot = _pyplot()
    rows = {
        key: row
        for key, row in _by_group(document, "calls").items()
        if len(row) > 1 and row["scopetrie"]["extra_info"]["target"] is not None
    }
    if not rows:
        raise Unavailable("the file has no rows of the group calls")
    titles = [row["scopetrie"]["extra_info"]["title"] for row in rows.values()]
    figure, axes = pyplot.subplots(figsize=(9, 0.5 * len(rows) + 1.2), layout="constrained")
    for side, colour, shift in (("scopetrie", OURS, -0.2), ("bare Python", THEIRS, 0.2)):
        costs = [row[side]["stats"]["median"] * 1e9 for row in rows.values()]
        places = [i + shift for i in range(len(rows))]
        axes.barh(places, costs, 0.38, color=colour, label=side)
        for place, cost in zip(places, costs, strict=True):
            axes.annotate(f" {quantity(cost, 'ns')}", (cost, place), va="center", fontsize=8)
    order = list(rows)
    for (peer, costs_of), mark in zip(_peers(document).items(), MARKS, strict=False):
        shown = [(cost, order.index(key)) for key, cost in costs_of.items() if key in rows]
        if shown:
            axes.plot(*zip(*shown, strict=True), mark, color=PEER, markersize=6, label=peer)
    axes.set_yticks(range(len(rows)), titles, fontsize=9)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_xscale("log")
    axes.set_xlim(left=10)
    axes.margins(x=0.15)
    axes.set_xlabel("time per call, log scale in ns (shorter is faster)")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=9)
    return figure


def flat(document: Mapping[str, Any]) -> Any:
    """Time per call against graph size, for the flat rows.

    Args:
      document: A parsed result file.

    Returns:
      The matplotlib figure.

    Raises:
      Unavailable: without matplotlib, or when the file lacks the rows.
    """
    pyplot = _pyplot()
    rows = _by_group(document, "sizes")
    if not rows:
        raise Unavailable("the file has no rows of the group sizes")
    figure, axes = pyplot.subplots(figsize=(9, 5), layout="constrained")
    for i, row in enumerate(rows.values()):
        extra = row["scopetrie"]["extra_info"]
        sizes = [int(size) for size in extra["curve"]]
        label = extra["title"].partition(":")[0]
        line = "o-" if i < 10 else "s--"  # the colours repeat after ten
        axes.plot(sizes, list(extra["curve"].values()), line, markersize=4, label=label)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("scopes, variables and nodes already there")
    axes.set_ylabel("ns per call")
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def save(document: Mapping[str, Any], folder: Path) -> list[Path]:
    """Writes each picture that the file has rows for.

    Args:
      document: A parsed result file.
      folder: Where to; made if missing.

    Returns:
      The files written.

    Raises:
      Unavailable: without matplotlib, or when the file has rows for none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written, missing = [], []
    for name, draw in (("speed", speed), ("flat", flat)):
        try:
            figure = draw(document)
        except Unavailable as error:
            missing.append(str(error))
            continue
        for kind, metadata in (("svg", {"Date": None}), ("png", {"Software": None})):
            path = folder / f"{name}.{kind}"
            figure.savefig(path, dpi=150, metadata=metadata)
            written.append(path)
    if not written:
        raise Unavailable("; ".join(dict.fromkeys(missing)))
    return written


def main(arguments: list[str]) -> int:
    """Draws the pictures of a file.

    Args:
      arguments: The file and the folder.

    Returns:
      The exit code.
    """
    if len(arguments) != 2:
        print("usage: python -m bench plot RESULTS.json FOLDER")
        return 2
    document = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    try:
        written = save(document, Path(arguments[1]))
    except Unavailable as error:
        print(error)
        return 1
    print("\n".join(str(path) for path in written))
    return 0

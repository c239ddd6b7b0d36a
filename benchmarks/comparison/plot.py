"""Draws how cost grows: `python -m comparison.plot POINTS-AS-JSON FILE.svg`."""

from __future__ import annotations

import json
import sys

import matplotlib

matplotlib.use("svg")
matplotlib.rcParams["svg.hashsalt"] = "growth"
from matplotlib import pyplot  # noqa: E402


def main():
    points = json.loads(sys.argv[1])
    figure, axes = pyplot.subplots(2, 2, figsize=(10, 7), constrained_layout=True)
    for column, (axis, label) in enumerate((("megapixels", "megapixels of one JPEG"), ("files", "photographs in one command"))):
        for row, (measure, unit) in enumerate((("wall", "wall time, s"), ("peak", "peak memory, MiB"))):
            panel = axes[row][column]
            for name in dict.fromkeys(point["name"] for point in points if point["axis"] == axis):
                chosen = [point for point in points if point["axis"] == axis and point["name"] == name]
                panel.plot([p["x"] for p in chosen], [p[measure] for p in chosen], marker="o", label=name)
            panel.set_xscale("log", base=2 if axis == "megapixels" else 10)
            if measure == "wall":
                panel.set_yscale("log")
            else:
                panel.set_ylim(bottom=0)
            panel.set_xlabel(label)
            panel.set_ylabel(unit)
            panel.grid(alpha=0.3)
            panel.legend()
    figure.savefig(sys.argv[2], metadata={"Date": None})


if __name__ == "__main__":
    main()

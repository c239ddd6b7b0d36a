"""Called by benchmarks/compare, with the virtual environment's Python.

Imports nothing large: a child process starts with a copy of its parent's memory, which counts as the child's.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

from .commands import SOURCES, command_tasks
from .growth import growth
from .measure import Loop, Whole, in_turn
from .report import Row, table, write
from .tasks import PICTURE_TASKS, Task

ROOT = Path(__file__).resolve().parents[2]
BENCHMARKS = ROOT / "benchmarks"
INPUTS = BENCHMARKS / ".work/inputs"
OUTPUTS = BENCHMARKS / ".work/outputs"
TOOLS = BENCHMARKS / ".build/release"
SEEDREAM = ROOT / ".build/prep/release/seedream"

# Comparable: the same size and chroma subsampling, at least this PSNR (dB), at most this factor larger or smaller.
NEAREST_PSNR, LARGEST_FACTOR = 32.0, 1.3


def module(name: str, *arguments: str) -> str:
    """Runs a module of this package in a separate process."""
    command = [sys.executable, "-m", f"comparison.{name}", *arguments]
    return subprocess.run(command, cwd=BENCHMARKS, check=True, stdout=subprocess.PIPE, text=True).stdout


def loop(name: str, task: Task, target: Path, timed: bool = False) -> Loop | Whole:
    # A file that passes through is not written: writing would take most of the time.
    in_memory = timed and task.keeps
    source = str(INPUTS / task.source)
    width, height = task.width or task.stored[0], task.height or task.stored[1]
    if name == "seedream":
        quality = {} if task.keeps else {"QUALITY": str(task.quality)}
        return Loop([str(TOOLS / "Loop"), "prepare", source, *([] if in_memory else [str(target)])], quality)
    if name == "floor":
        sampling = task.subsampling.replace(":", "")
        return Loop([str(TOOLS / "Floor"), source, str(target), str(width), str(height), str(task.quality), sampling])
    if name == "magick":
        scale = ["-filter", "Lanczos", "-resize", f"{width}x{height}!"] if task.width else []
        flat = ["-background", "white", "-alpha", "remove"] if task.alpha else []
        chroma = ["-sampling-factor", task.subsampling]
        return Whole(["convert", source, "-auto-orient", *flat, *scale, "-strip", *chroma, "-quality", str(task.quality), str(target)])
    if name == "vipsthumbnail":
        ground = ",background=255" if task.alpha else ""
        # The size applies before the image is rotated.
        width, height = (height, width) if task.turned else (width, height)
        options = f"Q={task.quality},strip{ground},subsample-mode={'on' if task.subsampling == '4:2:0' else 'off'}"
        return Whole(["vipsthumbnail", "--size", f"{width}x{height}!", source, "-o", f"{target}[{options}]"])
    environment = {"PYTHONPATH": str(BENCHMARKS)}
    return Loop([sys.executable, "-m", "comparison.workers", name, source, str(target), json.dumps(task.options(in_memory))], environment)


def doubt(task: Task, ours: Path, theirs: Path) -> str | None:
    """Returns the reason why two results cannot be compared, or `None` if they can."""
    found = json.loads(module("check", str(ours), str(theirs)))
    one, two = found["ours"], found["theirs"]
    if one["size"] != two["size"]:
        return f"sizes {one['size']} and {two['size']}"
    if one["sampling"] != two["sampling"]:
        return f"chroma {one['sampling']} and {two['sampling']}"
    if found["psnr"] < NEAREST_PSNR:
        return f"PSNR {found['psnr']:.1f} dB"
    if not task.keeps and not 1 / LARGEST_FACTOR <= one["bytes"] / two["bytes"] <= LARGEST_FACTOR:
        return f"{one['bytes']} and {two['bytes']} bytes"
    return None


def pictures(peers: list[str], runs: int, only: set[str]) -> list[Row]:
    rows = []
    for task in PICTURE_TASKS:
        if only and task.key not in only:
            continue
        names = ["seedream", "floor"] + (peers if task.key != "T2" else [])
        targets = {name: OUTPUTS / f"{task.key}-{name}.jpg" for name in names}
        doubts = {}
        for name in names:
            with loop(name, task, targets[name]) as once:
                once.run(counts=False)
            if name not in ("seedream", "floor"):
                doubts[name] = doubt(task, targets["seedream"], targets[name])
        timed = [name for name in names if not doubts.get(name)]
        print(f"{task.key}: {', '.join(timed)}", file=sys.stderr, flush=True)
        figures = dict(zip(timed, in_turn([loop(name, task, targets[name], timed=True) for name in timed], runs)))
        for name in names[1:]:
            goal = task.goal if name == task.against else None
            rows.append(Row(task.key, task.title, name, figures["seedream"], figures.get(name), goal, doubts.get(name) or "", task.note))
    return rows


def main():
    parser = argparse.ArgumentParser(prog="benchmarks/compare", description="Prepares the same files with seedream and its peers, and times both.")
    parser.add_argument("--runs", type=int, default=7, help="pairs of each comparison (default: 7)")
    parser.add_argument("--only", default="", help="tasks, separated by commas: T1,T4")
    parser.add_argument("--peers", default="vips,vipsthumbnail,pillow,opencv,magick", help="of vips, vipsthumbnail, pillow, opencv, magick (default: all)")
    parser.add_argument("--no-growth", action="store_true", help="without the plots of how cost grows")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/RESULTS.md")
    arguments = parser.parse_args()
    OUTPUTS.mkdir(parents=True, exist_ok=True)
    only = set(filter(None, arguments.only.split(",")))
    print("inputs …", file=sys.stderr, flush=True)
    needed = [task.source for task in PICTURE_TASKS if not only or task.key in only]
    needed += [pattern for key, patterns in SOURCES.items() if not only or key in only for pattern in patterns]
    needed += [] if arguments.no_growth else ["grow-*", "mixed-*"]
    module("inputs", str(INPUTS), str(ROOT / "fixtures/photos"), *needed)
    rows = pictures(arguments.peers.split(","), arguments.runs, only)
    rows += command_tasks(SEEDREAM, TOOLS, INPUTS, OUTPUTS, BENCHMARKS, arguments.runs, only)
    points = [] if arguments.no_growth else growth(SEEDREAM, INPUTS, OUTPUTS, arguments.runs)
    if points and arguments.write:
        module("plot", json.dumps(points), str(BENCHMARKS / "growth.svg"))
    text = table(rows, points)
    print(text)
    if arguments.write:
        write(BENCHMARKS / "RESULTS.md", text, ROOT, SEEDREAM, arguments.runs)


if __name__ == "__main__":
    main()

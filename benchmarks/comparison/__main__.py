"""Called by benchmarks/compare, with the virtual environment's Python.

Imports nothing large: a child process starts with a copy of its parent's memory, which counts as the child's.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

from . import commands, growth
from .contestants import Folders, contestant, doubt
from .measure import in_turn
from .report import NAMES, Row, table, write
from .tasks import IMAGE_TASKS, PEERS, Task, chosen

FOLDERS = Folders(Path(__file__).resolve().parents[1])


def linked_libheif() -> tuple[int, ...]:
    """Returns the version of the libheif that seedream uses."""
    versions = subprocess.run([FOLDERS.seedream, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    found = re.search(r"libheif (\d+)\.(\d+)\.(\d+)", versions)
    return tuple(map(int, found.groups())) if found else ()


def note(task: Task, is_due: bool, libheif: tuple[int, ...]) -> str:
    parts = [task.note] if task.note else []
    parts += [f"{NAMES.get(name, name)} {less}" for name, less in task.lighter.items()]
    if task.libheif:
        found = ".".join(map(str, libheif)) or "none"
        parts.append(f"the linked libheif is {found}" + ("" if is_due else f", the goals are for {task.libheif[0]}.{task.libheif[1]} and later"))
    return "; ".join(parts)


def images(peers: list[str], runs: int, only: set[str]) -> list[Row]:
    rows = []
    for task in IMAGE_TASKS:
        if not chosen(task.key, only):
            continue
        names = task.contestants(peers)
        targets = {name: FOLDERS.outputs / f"{task.key}-{name}.jpg" for name in names}
        doubts = dict(task.unable)
        for name in names:
            if name in doubts:
                continue
            with contestant(name, task, targets[name], FOLDERS) as once:
                once.run(counts=False)
            if name not in ("seedream", "floor"):
                doubts[name] = doubt(task, name, targets["seedream"], targets[name], FOLDERS)
        timed = [name for name in names if not doubts.get(name)]
        print(f"{task.key}: {', '.join(timed)}", file=sys.stderr, flush=True)
        figures = dict(zip(timed, in_turn([contestant(name, task, targets[name], FOLDERS, timed=True) for name in timed], runs)))
        libheif = linked_libheif() if task.libheif else ()
        is_due = not task.libheif or libheif >= task.libheif
        for name in names[1:]:
            goal = task.goals.get(name) if is_due else None
            limit = task.memory_limit if goal else None
            row = Row(task.key, task.title, name, figures["seedream"], figures.get(name), goal, doubts.get(name, ""), note(task, is_due, libheif), limit)
            rows.append(row)
    return rows


def make_inputs(only: set[str], has_growth: bool):
    """Makes the images that the chosen tasks need."""
    needed = ["srgb.icc"] + [task.source for task in IMAGE_TASKS if chosen(task.key, only)]
    needed += [pattern for key, patterns in commands.SOURCES.items() if chosen(key, only) for pattern in patterns]
    needed += growth.SOURCES if has_growth else []
    folder = "photographs/"
    photographs = [pattern.removeprefix(folder) for pattern in needed if pattern.startswith(folder)]
    FOLDERS.module("inputs", str(FOLDERS.inputs), str(FOLDERS.root / "fixtures/photos"), *(pattern for pattern in needed if not pattern.startswith(folder)))
    if photographs:
        FOLDERS.module("photographs", str(FOLDERS.photographs), str(FOLDERS.work / "packages"), *photographs)


def main():
    parser = argparse.ArgumentParser(prog="benchmarks/compare", description="Prepares the same files with seedream and its peers, and times both.")
    parser.add_argument("--runs", type=int, default=7, help="pairs of each comparison (default: 7)")
    parser.add_argument("--only", default="", help="tasks, separated by commas: T1 for its synthetic image and its photographs, T1p for a photograph alone")
    parser.add_argument("--peers", default=",".join(PEERS), help=f"of {', '.join(PEERS)} (default: all)")
    parser.add_argument("--no-growth", action="store_true", help="without the plots of how cost grows")
    parser.add_argument("--inputs-only", action="store_true", help="only make the images, and list them")
    parser.add_argument("--write", action="store_true", help="put the tables into benchmarks/RESULTS.md")
    arguments = parser.parse_args()
    FOLDERS.outputs.mkdir(parents=True, exist_ok=True)
    only = set(filter(None, arguments.only.split(",")))
    has_growth = not arguments.no_growth
    print("inputs …", file=sys.stderr, flush=True)
    make_inputs(only, has_growth)
    if arguments.inputs_only:
        for folder in (FOLDERS.inputs, FOLDERS.photographs):
            print(FOLDERS.module("listing", str(folder)))
        return
    rows = images(arguments.peers.split(","), arguments.runs, only)
    rows += commands.Commands(FOLDERS, arguments.runs).rows(only)
    points = growth.growth(FOLDERS, arguments.runs) if has_growth else []
    if points and arguments.write:
        FOLDERS.module("plot", json.dumps(points), str(FOLDERS.benchmarks / "growth.svg"))
    text = table(rows, points)
    print(text)
    if arguments.write:
        listing = FOLDERS.module("listing", str(FOLDERS.photographs)) if FOLDERS.photographs.exists() else ""
        write(FOLDERS.benchmarks / "RESULTS.md", f"{text}\n\n## The photographs\n\n{listing}", FOLDERS.root, FOLDERS.seedream, arguments.runs)


if __name__ == "__main__":
    main()

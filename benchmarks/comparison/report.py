"""Writes rows of figures as Markdown into a file."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from .measure import Figures
from .tasks import Goal

START, END = "<!-- comparison start -->", "<!-- comparison end -->"


@dataclass(frozen=True)
class Row:
    """Our figures and those of one peer."""

    key: str
    title: str
    name: str
    ours: Figures
    other: Figures | None
    goal: Goal | None
    doubt: str = ""
    note: str = ""
    memory_limit: float | None = None  # MiB
    wall_limit: float | None = None  # s


def seconds(value: float) -> str:
    return f"{value * 1000:.1f} ms" if value < 0.1 else f"{value:.2f} s"


def pair(ours: float, other: float, form) -> str:
    """`12 ms : 30 ms = 0.40`, bold if ours is larger."""
    if other <= 0:
        return form(ours)
    ratio = ours / other
    shown = f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.3f}"
    return f"{form(ours)} : {form(other)} = " + (f"**{shown}**" if ratio > 1 else shown)


def memory(figures: Figures) -> str:
    return f"{figures.peak:.0f} ({figures.peak - figures.idle:.0f})" if figures.idle else f"{figures.peak:.0f}"


def verdict(row: Row) -> str:
    """Returns each goal with the figure reached, or an empty text if there is no goal."""
    parts = []

    def judge(what: str, found: float, bound: float, unit: str = ""):
        met = "met" if found <= bound else "**not met**"
        parts.append(f"{what} {found:.2f}{unit} of {bound:.2f}{unit}: {met}")

    if row.goal:
        for what in ("cpu", "wall", "peak"):
            bound = getattr(row.goal, what)
            if bound is not None and getattr(row.other, what) > 0:
                judge({"cpu": "CPU", "wall": "wall", "peak": "memory"}[what], getattr(row.ours, what) / getattr(row.other, what), bound)
    if row.memory_limit is not None:
        judge("peak", row.ours.peak, row.memory_limit, " MiB")
    if row.wall_limit is not None:
        judge("wall", row.ours.wall * 1000, row.wall_limit * 1000, " ms")
    return "; ".join(parts)


NAMES = {
    "vips": "libvips 8.18",
    "vipsthumbnail": "Debian's vipsthumbnail (process)",
    "pillow": "Pillow",
    "pillow-heif": "pillow-heif, colours converted",
    "opencv": "OpenCV",
    "magick": "ImageMagick (process)",
    "jpegtran": "jpegtran (process)",
    "turbojpeg": "libjpeg-turbo's rotation, in process",
    "heif-dec": "heif-dec of the linked libheif (process)",
    "floor": "floor",
}
# Tasks that are measured against something that does not do the same work.
NOT_A_CONTEST = ("T11", "T12", "T13", "T18p")


def table(rows: list[Row], points: list[dict]) -> str:
    lines = [
        "| task | beside | CPU | wall | peak, MiB (over idle) | goal |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        name = NAMES.get(row.name, row.name)
        if row.other is None:
            lines.append(f"| {row.key} {row.title} | {name} | not comparable: {row.doubt} | | | |")
            continue
        ratio = row.ours.peak / row.other.peak if row.other.peak else 0
        peak = f"{memory(row.ours)} : {memory(row.other)}" + (f" = {ratio:.2f}" if ratio else "")
        cells = [f"{row.key} {row.title}", name, pair(row.ours.cpu, row.other.cpu, seconds), pair(row.ours.wall, row.other.wall, seconds), peak, verdict(row)]
        lines.append("| " + " | ".join(cells) + " |")
    notes = {row.key: row.note for row in rows if row.note}
    lines += [""] + [f"- {key}: {note}." for key, note in notes.items()]
    lost = sorted({f"{row.key} beside {NAMES.get(row.name, row.name)}" for row in rows if row.other and row.name != "floor" and row.key not in NOT_A_CONTEST and (row.ours.cpu > row.other.cpu or row.ours.wall > row.other.wall)})
    lines += ["", "Where seedream needs more time: " + ("; ".join(lost) if lost else "in none of these rows") + "."]
    if points:
        lines += ["", "## How cost grows", "", "![cost by megapixels and by files](growth.svg)"]
    return "\n".join(lines)


def output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout or done.stderr).strip()


def machine() -> str:
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    system = next((line.split("=")[1].strip().strip('"') for line in open("/etc/os-release") if line.startswith("PRETTY_NAME")), "")
    return f"{model}, {os.cpu_count()} processors, {system}"


def write(path: Path, text: str, root: Path, seedream: Path, runs: int):
    """Replaces the text between the markers."""
    versions = output(str(seedream), "--version").replace("\n", ", ")
    peers = "\n".join(
        [
            output("vipsthumbnail", "--vips-version").split("\n")[0].replace("libvips", "Debian's libvips"),
            output("convert", "--version").split("\n")[0].replace("Version: ", "").split(" http")[0],
            output(sys.executable, "-m", "pip", "list", "--format=freeze"),
        ]
    )
    python = str(root / "benchmarks/.work/venv/bin/python")
    bundled = output(python, "-c", "import pillow_heif; print(pillow_heif.libheif_version())")
    kept = ", ".join(line.replace("==", " ") for line in peers.split("\n") if line.split("==")[0] in ("pyvips-binary", "pillow", "pillow_heif", "pillow-heif", "opencv-python-headless") or "==" not in line)
    commit = output("git", "-C", str(root), "rev-parse", "--short=10", "HEAD")
    head = (
        f"Measured {date.today()} at commit {commit} by `benchmarks/compare --write`: {machine()}; load average {os.getloadavg()[0]:.1f} at the end.\n"
        f"{versions}. Peers: {kept}, with libheif {bundled} in pillow_heif.\nMedians of {runs} runs, the contestants in turn. Cells read *seedream : other = ratio*; bold where seedream needs more."
    )
    page = path.read_text()
    before, after = page.split(START)[0], page.split(END)[1]
    path.write_text(f"{before}{START}\n{head}\n\n{text}\n{END}{after}")

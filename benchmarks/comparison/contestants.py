"""Starts a contestant of a task, and compares its result with ours."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .measure import Loop, Whole
from .tasks import Task

# Comparable: the same size and chroma subsampling, at least this PSNR (dB), at most this factor larger or smaller.
NEAREST_PSNR, LARGEST_FACTOR = 32.0, 1.3


@dataclass(frozen=True)
class Folders:
    benchmarks: Path

    @property
    def root(self) -> Path:
        return self.benchmarks.parent

    @property
    def work(self) -> Path:
        return self.benchmarks / ".work"

    @property
    def inputs(self) -> Path:
        return self.work / "inputs"

    @property
    def photographs(self) -> Path:
        return self.inputs / "photographs"

    @property
    def outputs(self) -> Path:
        return self.work / "outputs"

    @property
    def tools(self) -> Path:
        return self.benchmarks / ".build/release"

    @property
    def seedream(self) -> Path:
        return self.root / ".build/prep/release/seedream"

    def module(self, name: str, *arguments: str) -> str:
        """Runs a module of this package in a separate process."""
        command = [sys.executable, "-m", f"comparison.{name}", *arguments]
        return subprocess.run(command, cwd=self.benchmarks, check=True, stdout=subprocess.PIPE, text=True).stdout


def heif_dec() -> str:
    """Returns the decoder of the system's libheif, which was called heif-convert before 1.19."""
    return "heif-dec" if shutil.which("heif-dec") else "heif-convert"


def contestant(name: str, task: Task, target: Path, folders: Folders, timed: bool = False) -> Loop | Whole:
    # A file that passes through is not written: writing would take most of the time.
    in_memory = timed and task.keeps
    source, quality = str(folders.inputs / task.source), str(task.quality)
    width, height = task.width or task.stored[0], task.height or task.stored[1]
    if name == "seedream":
        settings = {} if task.keeps or task.lossless else {"QUALITY": quality}
        settings |= {"MAXIMUM_AREA": str(task.area)} if task.area else {}
        return Loop([str(folders.tools / "Loop"), "prepare", source, *([] if in_memory else [str(target)])], settings)
    if name == "floor":
        sampling = task.subsampling.replace(":", "")
        return Loop([str(folders.tools / "Floor"), source, str(target), str(width), str(height), quality, sampling])
    if name == "magick":
        # A hint for libjpeg, which then decodes at a reduced size, but enlarges if the hint is larger than the image.
        hint = ["-define", f"jpeg:size={width}x{height}"] if task.shrink > 1 else []
        scale = ["-filter", "Lanczos", "-resize", f"{width}x{height}!"] if task.width else []
        flat = ["-background", "white", "-alpha", "remove"] if task.alpha else []
        srgb = ["-intent", "relative", "-black-point-compensation", "-profile", str(folders.inputs / "srgb.icc")] if task.converts else []
        # libheif has already rotated, and the EXIF data still states the orientation.
        upright = [] if source.endswith(".heic") else ["-auto-orient"]
        chroma = ["-sampling-factor", task.subsampling]
        return Whole(["convert", *hint, source, *upright, *flat, *scale, *srgb, "-strip", *chroma, "-quality", quality, str(target)])
    if name == "vipsthumbnail":
        ground = ",background=255" if task.alpha else ""
        # The size is that of the upright image.
        width, height = (height, width) if task.turned else (width, height)
        srgb = ["--export-profile", "srgb"] if task.converts else []
        options = f"Q={quality},strip{ground},subsample-mode={'on' if task.subsampling == '4:2:0' else 'off'}"
        return Whole(["vipsthumbnail", "--size", f"{width}x{height}!", *srgb, source, "-o", f"{target}[{options}]"])
    if name == "jpegtran":
        return Whole(["jpegtran", "-copy", "none", "-rotate", "90", "-outfile", str(target), source])
    if name == "heif-dec":
        return Whole([heif_dec(), "-q", quality, source, str(target)])
    environment = {"PYTHONPATH": str(folders.benchmarks)}
    return Loop([sys.executable, "-m", "comparison.workers", name, source, str(target), json.dumps(task.options(in_memory))], environment)


def doubt(task: Task, name: str, ours: Path, theirs: Path, folders: Folders) -> str:
    """Returns the reason why two results cannot be compared, or an empty text if they can."""
    found = json.loads(folders.module("check", str(ours), str(theirs)))
    one, two = found["ours"], found["theirs"]
    if one["size"] != two["size"]:
        return f"sizes {one['size']} and {two['size']}"
    if found["psnr"] < NEAREST_PSNR:
        return f"PSNR {found['psnr']:.1f} dB"
    if two["profile"] and name not in task.lighter:
        return f"the result is {two['profile']}"
    if one["sampling"] != two["sampling"]:
        return f"chroma {one['sampling']} and {two['sampling']}"
    if not task.keeps and not 1 / LARGEST_FACTOR <= one["bytes"] / two["bytes"] <= LARGEST_FACTOR:
        return f"{one['bytes']} and {two['bytes']} bytes"
    return ""

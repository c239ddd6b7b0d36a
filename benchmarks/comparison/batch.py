"""Commands that reduce many files of different shapes to an area, as T17 needs them, and the check of their results."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from .contestants import NEAREST_PSNR, Folders
from .measure import Whole
from .tasks import reduced

# vipsthumbnail takes a box, not an area: one command for each group of files that have the same target. At most this
# many in a command, so that the last of two at a time does not work alone for long.
LARGEST_GROUP = 6


def vips_two_at_a_time(facts: dict[str, dict], area: int, folder: Path) -> Whole:
    """Reduces as `seedream prep --max-area` does: the same sizes, and 4:2:0 unless the input is 4:4:4.

    `facts`: what comparison.check prints of each file.
    """
    groups: dict[tuple, list[str]] = {}
    for path, fact in facts.items():
        chroma = "off" if fact["sampling"] == "4:4:4" else "on"
        groups.setdefault((*reduced(fact["size"], area), chroma, bool(fact["profile"])), []).append(path)
    lines = []
    for (width, height, chroma, converts), files in groups.items():
        # libvips 8.14 would also change the colours of images without a profile.
        srgb = ["--export-profile", "srgb"] if converts else []
        for start in range(0, len(files), LARGEST_GROUP):
            options = f"{folder}/%s.jpg[Q=90,strip,subsample-mode={chroma}]"
            part = files[start : start + LARGEST_GROUP]
            lines.append(shlex.join(["exec", "vipsthumbnail", "--size", f"{width}x{height}!", *srgb, "-o", options, *part]))
    return Whole(["bash", "-c", r"printf '%s\n' "'"$@" | xargs -d "\\n" -n 1 -P 2 bash -c', "bash", *lines])


def doubt(ours: Path, theirs: Path, stems: list[str], folders: Folders) -> str:
    """Returns the reason why two folders of results cannot be compared, or an empty text if they can."""
    for stem in stems:
        # seedream puts the number of the input in front.
        pair = [next(iter(folder.glob(f"*{stem}.*")), None) for folder in (ours, theirs)]
        if None in pair:
            return f"{stem} is missing"
        found = json.loads(folders.module("check", *map(str, pair)))
        if found["ours"]["size"] != found["theirs"]["size"]:
            return f"{stem}: sizes {found['ours']['size']} and {found['theirs']['size']}"
        if found["psnr"] < NEAREST_PSNR:
            return f"{stem}: PSNR {found['psnr']:.1f} dB"
    return ""

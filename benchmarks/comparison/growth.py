"""How cost grows over photographs: with megapixels, with the number of files, with one and with two threads."""

from __future__ import annotations

import sys

from .contestants import Folders
from .measure import Whole, in_turn
from .tasks import reduced

# The photographs that this needs.
SOURCES = ["photographs/grow-*", "photographs/batch-*"]


def growth(folders: Folders, runs: int) -> list[dict]:
    points = []
    outputs = folders.outputs
    common = [str(folders.seedream), "prep", "--each", "--existing", "replace", "--quality", "90", "--max-bytes", "30MB", "-o", str(outputs / "grow")]
    print("growth", file=sys.stderr, flush=True)
    for megapixels in (1, 2, 4, 8, 16, 32):
        source = str(folders.photographs / f"grow-{megapixels:02d}.jpg")
        # To 93 % of its area, so that every pixel is decoded, scaled and encoded.
        area = int(megapixels * 0.93e6)
        width, height = reduced((4000, 3000), area)
        ours, theirs = in_turn(
            [
                Whole([*common, "--min-area", "1", "--max-area", str(area), source]),
                Whole(["vipsthumbnail", "--size", f"{width}x{height}", source, "-o", f"{outputs}/grow.jpg[Q=90,strip,subsample-mode=on]"]),
            ],
            min(runs, 5),
        )
        for name, figures in (("seedream", ours), ("vipsthumbnail", theirs)):
            points.append({"axis": "megapixels", "x": megapixels, "name": name, "wall": figures.wall, "cpu": figures.cpu, "peak": figures.peak})
    batch = sorted(str(path) for path in folders.photographs.glob("batch-*"))
    for count in (1, 3, 10, 30, 100, 300, 1000):
        files = (batch * 10)[:count]
        runs_now = max(1, min(runs, 300 // count))
        variants = [Whole([*common, "--max-area", "1999000", "--threads", str(jobs), *files]) for jobs in (1, 2)]
        for jobs, figures in zip((1, 2), in_turn(variants, runs_now)):
            name = f"{jobs} thread{'s' if jobs > 1 else ''}"
            points.append({"axis": "files", "x": count, "name": name, "wall": figures.wall, "cpu": figures.cpu, "peak": figures.peak})
    return points

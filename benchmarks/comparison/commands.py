"""The tasks that are commands: T4, T10 to T13."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from .measure import Figures, Loop, Whole, in_turn
from .report import Row
from .tasks import Goal


# The inputs of each task.
SOURCES = {"T4": ["five-*"], "T10": ["mixed-*"], "T11": ["20mp-420.jpg", "256mp.jpg"], "T12": ["body-*"], "T13": []}


def script(text: str, *arguments: str) -> Whole:
    return Whole(["bash", "-c", text, "bash", *arguments])


def command_tasks(seedream: Path, tools: Path, inputs: Path, outputs: Path, benchmarks: Path, runs: int, only: set[str]) -> list[Row]:
    rows = []
    ours = str(seedream)

    def wanted(key: str) -> bool:
        if only and key not in only:
            return False
        print(key, file=sys.stderr, flush=True)
        return True

    def files(pattern: str) -> list[str]:
        return sorted(str(path) for path in inputs.glob(pattern))

    if wanted("T4"):
        valid = files("five-*.jpg")
        one, two = in_turn(
            [
                Whole([ours, "prep", "--each", "--data-uri", *valid]),
                script('for file; do base64 -w0 "$file"; echo; done', *valid),
            ],
            runs,
        )
        rows.append(Row("T4", "20 valid JPEGs of 5 MB → data URIs, metadata removed", "base64 -w0", one, two, Goal(0.8, 0.8), memory_limit=32))

    if wanted("T10"):
        mixed = files("mixed-*")
        folder, theirs = outputs / "mixed", outputs / "mixed-peer"
        for path in (folder, theirs):
            shutil.rmtree(path, ignore_errors=True)
            path.mkdir(parents=True)
        # 4:3 at two megapixels, the same for every file, so that a single vipsthumbnail can do all of them.
        contestants = [
            Whole([ours, "prep", "--each", "--max-area", "1999000", "--quality", "90", "--existing", "replace", "-o", str(folder), *mixed]),
            Whole(["vipsthumbnail", "--size", "1632x1632", "-o", f"{theirs}/%s.jpg[Q=90,strip]", *mixed]),
            Whole([sys.executable, str(benchmarks / "comparison/pillow_batch.py"), str(theirs), "1632", *mixed]),
        ]
        one, two, three = in_turn(contestants, runs)
        title = "100 mixed photographs → 2 MP, two cores"
        rows.append(Row("T10", title, "vipsthumbnail", one, two, Goal(wall=0.45)))
        rows.append(Row("T10", title, "Pillow, two processes", one, three, Goal(wall=0.45), note="memory: the larger of Pillow's processes"))

    if wanted("T11"):
        small, large = in_turn(
            [Whole([ours, "prep", "--existing", "replace", "--max-bytes", "30MB", "--max-body", "60MB", "-o", str(outputs), str(inputs / name)]) for name in ("20mp-420.jpg", "256mp.jpg")],
            min(runs, 3),
        )
        rows.append(Row("T11", "16000x16000 JPEG → cap, memory beside 20 MP", "itself at 20 MP", large, small, Goal(peak=1.3), memory_limit=48))

    if wanted("T12"):
        bodies = files("body-*.jpg")
        with Loop([str(tools / "Loop"), "body", *bodies]) as loop:
            loop.run(counts=False)
            loop.run()
            prepared, figures = loop.samples[-1]["bytes"] / 2**20, loop.figures()
        nothing = Figures(0, 0, prepared, 0)
        rows.append(Row("T12", "10 prepared images → request body on a socket", "the prepared bytes", figures, nothing, None, memory_limit=prepared + 32))

    if wanted("T13"):
        one, two = in_turn([Whole([ours, "--version"]), Whole(["/bin/true"])], max(runs, 21))
        rows.append(Row("T13", "`seedream --version`", "/bin/true", one, two, None, wall_limit=two.wall + 0.015))
    return rows

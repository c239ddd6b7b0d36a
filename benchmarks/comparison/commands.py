"""The tasks that are commands: T4, T10 to T13, T17 and T18."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

from . import batch
from .contestants import Folders
from .measure import Figures, Loop, Whole, in_turn
from .report import Row
from .tasks import TWO_MEGAPIXELS, Goal, chosen

# The inputs of each task.
SOURCES = {
    "T4": ["five-*"], "T10": ["mixed-*"], "T11": ["20mp-420.jpg", "256mp.jpg"], "T12": ["body-*"], "T13": [],
    "T17p": ["photographs/batch-*"], "T18p": ["photographs/48mp.jpg"],
}


def script(text: str, *arguments: str) -> Whole:
    return Whole(["bash", "-c", text, "bash", *arguments])


class Commands:
    """Measures each task that is a command."""

    def __init__(self, folders: Folders, runs: int):
        self.folders, self.runs = folders, runs
        self.ours = str(folders.seedream)

    def rows(self, only: set[str]) -> list[Row]:
        tasks = {
            "T4": self.data_uris, "T10": self.mixed, "T11": self.memory, "T12": self.body, "T13": self.start,
            "T17p": self.photographs, "T18p": self.processors,
        }
        rows = []
        for key, measure in tasks.items():
            if chosen(key, only):
                print(key, file=sys.stderr, flush=True)
                rows += measure(key)
        return rows

    def _files(self, pattern: str) -> list[str]:
        return sorted(str(path) for path in self.folders.inputs.glob(pattern))

    def _empty(self, name: str) -> Path:
        folder = self.folders.outputs / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def _prep(self, *arguments: str) -> Whole:
        return Whole([self.ours, "prep", "--existing", "replace", *arguments])

    def _reduce_all(self, folder: Path, files: list[str]) -> Whole:
        return self._prep("--each", "--max-area", str(TWO_MEGAPIXELS), "--quality", "90", "-o", str(folder), *files)

    def _pillow(self, folder: Path, files: list[str]) -> Whole:
        return Whole([sys.executable, str(self.folders.benchmarks / "comparison/pillow_batch.py"), str(folder), str(TWO_MEGAPIXELS), *files])

    def data_uris(self, key: str) -> list[Row]:
        valid = self._files("five-*.jpg")
        one, two = in_turn(
            [
                Whole([self.ours, "prep", "--each", "--data-uri", *valid]),
                script('for file; do base64 -w0 "$file"; echo; done', *valid),
            ],
            self.runs,
        )
        return [Row(key, "synthetic, 20 valid JPEGs of 5 MB → data URIs, metadata removed", "base64 -w0", one, two, Goal(0.8, 0.8), memory_limit=32)]

    def mixed(self, key: str) -> list[Row]:
        files = self._files("mixed-*")
        folder, theirs = self._empty("mixed"), self._empty("mixed-peer")
        # 4:3 at two megapixels, the same for every file, so that a single vipsthumbnail can do all of them.
        contestants = [
            self._reduce_all(folder, files),
            Whole(["vipsthumbnail", "--size", "1632x1632", "-o", f"{theirs}/%s.jpg[Q=90,strip]", *files]),
            self._pillow(theirs, files),
        ]
        one, two, three = in_turn(contestants, self.runs)
        title = "synthetic, 100 mixed images → 2 MP, two cores"
        return [
            Row(key, title, "vipsthumbnail", one, two, Goal(wall=0.45)),
            Row(key, title, "Pillow, two processes", one, three, Goal(wall=0.45), note="memory: the larger of Pillow's processes"),
        ]

    def memory(self, key: str) -> list[Row]:
        small, large = in_turn(
            [
                self._prep("--max-bytes", "30MB", "--max-body", "60MB", "-o", str(self.folders.outputs), str(self.folders.inputs / name))
                for name in ("20mp-420.jpg", "256mp.jpg")
            ],
            min(self.runs, 3),
        )
        return [Row(key, "synthetic 16000x16000 JPEG → cap, memory beside 20 MP", "itself at 20 MP", large, small, Goal(peak=1.3), memory_limit=48)]

    def body(self, key: str) -> list[Row]:
        with Loop([str(self.folders.tools / "Loop"), "body", *self._files("body-*.jpg")]) as loop:
            loop.run(counts=False)
            loop.run()
            prepared, figures = loop.samples[-1]["bytes"] / 2**20, loop.figures()
        nothing = Figures(0, 0, prepared, 0)
        title = "synthetic, 10 prepared images → request body on a socket"
        return [Row(key, title, "the prepared bytes", figures, nothing, None, memory_limit=prepared + 32)]

    def start(self, key: str) -> list[Row]:
        one, two = in_turn([Whole([self.ours, "--version"]), Whole(["/bin/true"])], max(self.runs, 21))
        return [Row(key, "`seedream --version`", "/bin/true", one, two, None, wall_limit=two.wall + 0.012)]

    def photographs(self, key: str) -> list[Row]:
        files = self._files("photographs/batch-*")
        facts = dict(zip(files, json.loads(self.folders.module("check", "--facts", *files))))
        distinct = list({Path(file).name.split("-", 2)[2]: Path(file).stem for file in reversed(files)}.values())
        folders = [self._empty(f"batch-{name}") for name in ("seedream", "vipsthumbnail", "pillow")]
        contestants = [
            self._reduce_all(folders[0], files),
            batch.vips_two_at_a_time(facts, TWO_MEGAPIXELS, folders[1]),
            self._pillow(folders[2], files),
        ]
        for once in contestants:
            once.run(counts=False)
        doubts = [batch.doubt(folders[0], theirs, distinct, self.folders) for theirs in folders[1:]]
        timed = [contestants[0], *(peer for peer, reason in zip(contestants[1:], doubts) if not reason)]
        figures = in_turn(timed, self.runs)
        megapixels = sum(fact["size"][0] * fact["size"][1] for fact in facts.values()) / 1e6
        title = f"{len(files)} photographs, {len(distinct)} of them distinct, {megapixels:.0f} MP → 2 MP, two cores"
        rest = iter(figures[1:])
        return [
            Row(key, title, name, figures[0], None if reason else next(rest), goal, reason, "memory: the larger of a peer's processes")
            for name, reason, goal in zip(("vipsthumbnail, two at a time", "Pillow, two processes"), doubts, (Goal(0.60, 0.60), None))
        ]

    def processors(self, key: str) -> list[Row]:
        available = sorted(os.sched_getaffinity(0))
        count = min(4, len(available))
        source = str(self.folders.photographs / "48mp.jpg")
        several, one = in_turn(
            [
                Whole(
                    ["taskset", "--cpu-list", ",".join(map(str, available[:used])), self.ours, "prep", "--existing", "replace", "--quality", "90"]
                    + ["--max-bytes", "30MB", "--max-body", "60MB", "--threads", str(used), "-o", str(self.folders.outputs), source]
                )
                for used in (count, 1)
            ],
            self.runs,
        )
        goal = Goal(wall=0.40) if count == 4 else None
        return [Row(key, f"photographs, 48 MP JPEG → cap on {count} processors", "itself on one", several, one, goal)]

"""Measures workers and whole processes in turn."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Figures:
    """The medians of several runs."""

    cpu: float  # s, of all threads
    wall: float  # s
    peak: float  # MiB, largest resident set
    idle: float  # MiB, resident before the work; 0 for a whole process


class Loop:
    """A worker process that repeats one task."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None):
        self.command, self.environment = command, {**os.environ, **(environment or {})}
        self.samples: list[dict] = []

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self.environment
        )
        self.idle = self._answer()["idle"] / 1024
        return self

    def _answer(self) -> dict:
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"error: a worker ended: {' '.join(self.command)}")
        return json.loads(line)

    def run(self, counts: bool = True):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        answer = self._answer()
        if counts:
            self.samples.append(answer)
        # Taken after the first run only: memory that a library keeps between runs would count later.
        elif not self.samples:
            self.peak = answer["peak"] / 1024

    def figures(self) -> Figures:
        return Figures(
            statistics.median(s["cpu"] for s in self.samples),
            statistics.median(s["wall"] for s in self.samples),
            self.peak,
            self.idle,
        )

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


class Whole:
    """A command, run in a new process each time."""

    def __init__(self, command: list[str], environment: dict[str, str] | None = None):
        self.command, self.environment = command, {**os.environ, **(environment or {})}
        self.samples: list[tuple[float, float, float]] = []

    def __enter__(self):
        return self

    def run(self, counts: bool = True):
        start = time.perf_counter()
        # Output goes to /dev/null: printing is part of the work.
        process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.environment
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise SystemExit(f"error: exit {process.returncode}: {' '.join(self.command)[:300]}")
        if counts:
            self.samples.append((usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024))

    def figures(self) -> Figures:
        return Figures(*(statistics.median(sample[i] for sample in self.samples) for i in range(3)), 0.0)

    def __exit__(self, *_):
        pass


def in_turn(contestants: list, runs: int) -> list[Figures]:
    """Runs A B C A B C …, after one round that is not counted."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        for contestant in contestants:
            stack.enter_context(contestant)
        for round_ in range(runs + 1):
            for contestant in contestants:
                contestant.run(counts=round_ > 0)
        return [contestant.figures() for contestant in contestants]

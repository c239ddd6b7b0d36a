"""Times `seedream prep` beside other tools and prints a Markdown table. Called by run.sh, which makes the inputs.

Every measurement is a process of its own, started and waited for with wait4: CPU time is user and system time of all
its threads, memory its largest resident set. The two tools of a row take turns, so that a machine that slows down slows
both.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

START, END = "<!-- benchmark start -->", "<!-- benchmark end -->"
PHOTOS = Path("fixtures/photos")

TEXT = """\
`make benchmark` measures and prints this section, `benchmarks/run.sh --write` puts it here.

**Task.** `seedream prep X -o DIR` with a budget of 30 MB, so that nothing is encoded twice, beside
`vipsthumbnail X --size WxH! -o out.jpg[Q=…,strip,subsample-mode=…]` with the size and the quality that seedream arrived at.
Both decode, scale, encode a baseline JPEG without metadata and write it to disk. Each run is one file and a process of its
own, its start included, on a warm page cache. *Reduce* ends just below 16,777,216 px², *enlarge* just above 921,600. The large
inputs are made of mirrored and repeated photographs from `fixtures/photos`.

Where they differ:

- *Shrinking on load.* seedream decodes the 256 MP JPEG at half its size; vipsthumbnail decodes it whole, because it leaves a
  factor of 2 to its filter, and so does more work. The row beside `vips resize X[shrink=2]` has both at half size. For WebP it
  is the other way round: libwebp scales for vips while it decodes, with its own simple filter; seedream decodes the whole
  picture and scales it with Lanczos3.
- *Scaling.* Both use Lanczos3 to reduce. To enlarge, vips uses bicubic interpolation, seedream Lanczos3. vips scales RGB,
  seedream the planes of a JPEG as they are stored, which is less for 4:2:2 and 4:2:0.
- *Chroma.* seedream writes 4:2:2 for 4:2:2; vips can only write 4:2:0 there, which is less.
- *Beside the pixels*, seedream checks the structure of what passes through, takes the SHA-256 of the result and prints a table.
- *Passing a valid file.* vipsthumbnail has nothing like it: it decodes and encodes again. `jpegtran -copy none` keeps the pixels
  and drops metadata, with the entropy coding done anew, and checks no size, shape or budget.

Measured {date} at {commit}, on a machine that other work shares (load average {load:.1f} at the start): {machine}.
{versions}. Medians of {runs} runs after one to warm up, the two tools in turn. CPU time is that of all threads; of ours, {start:.3f} s
are the start of the process (`seedream --version`). Memory below {floor:.0f} MiB cannot be told from the measuring process's own.

Cells read *seedream : other = ratio*. Where the ratio is bold, seedream needs more.
"""


@dataclass(frozen=True)
class Sample:
    """One run of one process."""

    cpu: float  # s
    wall: float  # s
    peak: float  # MiB


@dataclass(frozen=True)
class Row:
    """A task, and the command that does it beside ours."""

    task: str
    source: Path
    other: str
    command: list[str]


@dataclass(frozen=True)
class Prepared:
    """What seedream made of an input, so that the other tool is asked for the same."""

    width: int
    height: int
    quality: int
    subsampling: str
    bytes: int


def run(command: list[str]) -> Sample:
    """Runs the command to its end. Exits with its words if it fails."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read() if process.stderr else b""
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"error: {' '.join(command)} ended with {process.returncode}: {errors.decode(errors='replace')}")
    # Linux counts in KiB, macOS in bytes.
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Sample(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / unit)


def median(samples: list[Sample]) -> Sample:
    return Sample(*(statistics.median(getattr(s, name) for s in samples) for name in ("cpu", "wall", "peak")))


def spread(samples: list[Sample]) -> float:
    """How far apart the slowest and the fastest run are, as a part of the median."""
    seconds = [sample.cpu for sample in samples]
    return (max(seconds) - min(seconds)) / max(statistics.median(seconds), 1e-9)


class Benchmark:
    def __init__(self, seedream: str, inputs: Path, work: Path, runs: int) -> None:
        self.seedream, self.inputs, self.runs = seedream, inputs, runs
        self.ours = work / "out-seedream"
        self.theirs = (work / "out-other").resolve()
        for folder in (self.ours, self.theirs):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        self.widest_spread = 0.0

    def prep(self, source: Path) -> list[str]:
        limits = ["--max-bytes", "30MB", "--max-body", "90MB"]
        return [self.seedream, "prep", str(source), "-o", str(self.ours), "--overwrite", *limits]

    def prepared(self, source: Path) -> Prepared:
        """Prepares the input once, and has the result inspected."""
        report = json.loads(subprocess.check_output([*self.prep(source), "--json"]))
        image = report["images"][0]["prepared"]
        result = json.loads(subprocess.check_output([self.seedream, "inspect", "--json", image["path"]]))
        facts = result["images"][0]["source"]
        return Prepared(
            image["width"], image["height"], facts["quality"], facts.get("chromaSubsampling", "grey"), image["bytes"]
        )

    def vipsthumbnail(self, source: Path) -> list[str]:
        target = self.prepared(source)
        # jpegsave writes 4:4:4 or 4:2:0 and nothing between.
        mode = "off" if target.subsampling == "4:4:4" else "on"
        options = f"Q={target.quality},strip,subsample-mode={mode}"
        size = f"{target.width}x{target.height}!"
        return ["vipsthumbnail", str(source), "--size", size, "-o", f"{self.theirs}/out.jpg[{options}]"]

    def vips_resize(self, source: Path) -> list[str]:
        """The same reduction with a decoder that is told to halve the picture, as ours does here."""
        target = self.prepared(source)
        scale = target.width / (int(first_line(["vipsheader", "-f", "width", str(source)])) / 2)
        options = f"Q={target.quality},strip,subsample-mode=on"
        loaded = f"{source}[shrink=2,access=sequential]"
        return ["vips", "resize", loaded, f"{self.theirs}/out.jpg[{options}]", f"{scale:.9f}"]

    def rows(self) -> list[Row]:
        def vips(task: str, source: Path) -> Row:
            return Row(task, source, "vipsthumbnail", self.vipsthumbnail(source))

        photo = PHOTOS / "dandelion.jpg"
        jpegtran = ["jpegtran", "-copy", "none", "-outfile", f"{self.theirs}/out.jpg", str(photo)]
        large = self.inputs / "256mp-420.jpg"
        return [
            vips("reduce JPEG 4:2:2, 20.4 MP", self.inputs / "20mp-422.jpg"),
            vips("reduce progressive JPEG 4:2:0, 20.4 MP", self.inputs / "20mp-420-progressive.jpg"),
            vips("reduce PNG, 20.4 MP", self.inputs / "20mp.png"),
            vips("reduce WebP, 20.4 MP", self.inputs / "20mp.webp"),
            vips("reduce JPEG 4:2:0, 256 MP", large),
            Row("reduce JPEG 4:2:0, 256 MP, both at half size", large, "vips resize", self.vips_resize(large)),
            vips("enlarge PNG, 0.14 MP", PHOTOS / "chelsea.png"),
            vips("valid JPEG, 1.8 MP: pass, against decode and encode", photo),
            Row("valid JPEG, 1.8 MP: pass, against a lossless copy", photo, "jpegtran", jpegtran),
        ]

    def measure(self, row: Row) -> tuple[Sample, Sample, int, int]:
        """Medians of ours and theirs, and the bytes that each wrote."""
        pair: tuple[list[Sample], list[Sample]] = ([], [])
        for turn in range(self.runs + 1):
            for samples, command in zip(pair, (self.prep(row.source), row.command)):
                sample = run(command)
                if turn > 0:  # the first turn warms the page cache
                    samples.append(sample)
        self.widest_spread = max(self.widest_spread, *(spread(samples) for samples in pair))
        written = self.ours / f"01-{row.source.stem}.jpg", self.theirs / "out.jpg"
        sizes = [
            [first_line(["vipsheader", "-f", side, str(path)]) for side in ("width", "height")] for path in written
        ]
        if sizes[0] != sizes[1]:
            sys.exit(f"error: {row.task}: {row.other} made {sizes[1]}, expected {sizes[0]}")
        return median(pair[0]), median(pair[1]), *(path.stat().st_size for path in written)

    def table(self) -> list[str]:
        lines = [
            "| task | beside | CPU, s | wall, s | peak, MiB | output, MB |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        peaks: dict[str, tuple[float, float]] = {}
        for row in self.rows():
            print(f"measuring: {row.task}, beside {row.other}", file=sys.stderr)
            ours, theirs, our_bytes, their_bytes = self.measure(row)
            peaks.setdefault(row.source.name, (ours.peak, theirs.peak))
            cells = [
                against(ours.cpu, theirs.cpu, 3),
                against(ours.wall, theirs.wall, 3),
                against(ours.peak, theirs.peak, 0),
                f"{our_bytes / 1e6:.2f} : {their_bytes / 1e6:.2f}",
            ]
            lines.append(f"| {row.task} | {row.other} | {' | '.join(cells)} |")
        growth = [most / few for most, few in zip(peaks["256mp-420.jpg"], peaks["20mp-422.jpg"])]
        lines += [
            "",
            f"From 20.4 MP (4:2:2) to 256 MP, 12.5 times the pixels, the peak memory of seedream grows to "
            f"{growth[0]:.1f} times, "
            f"that of vipsthumbnail to {growth[1]:.1f} times.",
        ]
        return lines


def against(ours: float, theirs: float, digits: int) -> str:
    """Ours, theirs, and how many times theirs ours is; the ratio is bold where ours is the larger number."""
    ratio = f"{ours / theirs:.2f}"
    if ours > theirs:
        ratio = f"**{ratio}**"
    return f"{ours:.{digits}f} : {theirs:.{digits}f} = {ratio}"


def first_line(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return f"{command[0]} missing"
    return ((done.stdout or done.stderr).strip().splitlines() or ["unknown"])[0]


def processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return first_line(["sysctl", "-n", "machdep.cpu.brand_string"]) if sys.platform == "darwin" else platform.machine()


def system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.platform()


def commit() -> str:
    name = first_line(["git", "rev-parse", "--short=10", "HEAD"])
    changed = subprocess.run(
        ["git", "status", "--porcelain", "--", "Sources", "CModules", "Package.swift"],
        capture_output=True, text=True, check=False,
    ).stdout.strip()
    return f"commit {name}" + (" with uncommitted changes" if changed else "")


def introduction(seedream: str, runs: int, floor: float, start: Sample) -> list[str]:
    versions = subprocess.check_output([seedream, "--version"], text=True).split("\n")
    tools = [first_line(["vips", "--version"]), first_line(["jpegtran", "-version"]).split(" (")[0]]
    ours = ", ".join(line for line in versions if line)
    cores = os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    today = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
    load = os.getloadavg()[0]
    text = TEXT.format(
        date=today, commit=commit(), machine=f"{processor()}, {cores} cores, {memory:.0f} GiB, {system()}", load=load,
        versions="; ".join([ours, *tools]), runs=runs, start=start.cpu, floor=floor,
    )
    return text.splitlines() + [""]


def write(readme: Path, lines: list[str]) -> None:
    text = readme.read_text(encoding="utf-8")
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        sys.exit(f"error: {readme} has no '{START}' … '{END}'")
    whole = before + start + "\n" + "\n".join(lines) + "\n" + end + after
    part = readme.with_name(readme.name + ".part")
    part.write_text(whole, encoding="utf-8")
    part.replace(readme)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seedream", required=True)
    parser.add_argument("--inputs", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--write", type=Path, metavar="README")
    arguments = parser.parse_args()
    if arguments.runs < 1:
        parser.error("--runs must be at least 1")
    benchmark = Benchmark(arguments.seedream, arguments.inputs, arguments.work, arguments.runs)
    floor = run(["true"]).peak
    start = median([run([arguments.seedream, "--version"]) for _ in range(arguments.runs + 1)][1:])
    lines = introduction(arguments.seedream, arguments.runs, floor, start) + benchmark.table()
    print(f"widest spread of CPU time within one cell: {benchmark.widest_spread:.0%}", file=sys.stderr)
    print("\n".join(lines))
    if arguments.write:
        write(arguments.write, lines)


if __name__ == "__main__":
    main()

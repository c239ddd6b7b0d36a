"""Makes the images of scripts/check-engines.sh, runs an engine over them, checks what it left, and prints the table.

    engines.py images FOLDER COUNT          makes COUNT images, 1 % of them broken, and the rows for the workers
    engines.py run FOLDER NAME … -- COMMAND…    runs a command once and appends what was measured
    engines.py table FOLDER                 prints the table

In COMMAND, {rows} is the file of rows, {images} the folder of images, {out} an empty folder for results, {results} a
path for the answers, and {seedream} the command.
"""

import argparse
import collections
import ctypes
import hashlib
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import statistics
import subprocess
import sys
import threading
import time

from PIL import Image

# How an image is broken, and the error code that its answer must have.
BROKEN = {"truncated": "truncated-image", "text": "not-an-image", "missing": "unreadable-input"}
PHOTOS = pathlib.Path(__file__).parents[2] / "fixtures" / "photos"


# MARK: Images


def make_images(folder, count):
    """Makes parts of the photographs, 400 to 700 px wide, a fifth of them PNG, in two folders."""
    chance = random.Random(17)
    photos = [Image.open(PHOTOS / name).convert("RGB") for name in ("dandelion.jpg", "rocket.jpg", "coffee.png")]
    photos = [photo if photo.width >= 700 else photo.resize((960, 640)) for photo in photos]
    broken = dict(zip(range(50, count, 100), ["truncated", "text", "missing"] * count))
    kinds = {}
    with open(folder / "rows.jsonl", "w") as rows:
        for number in range(count):
            photo = chance.choice(photos)
            width = chance.randint(400, 700)
            height = chance.randint(300, 500)
            left = chance.randint(0, photo.width - width)
            top = chance.randint(0, photo.height - height)
            part = photo.crop((left, top, left + width, top + height))
            identifier = f"a-{number:05}"
            kinds[identifier] = broken.get(number, "good")
            path = folder / "images" / f"{number % 2}" / (identifier + (".png" if number % 5 == 4 else ".jpg"))
            path.parent.mkdir(parents=True, exist_ok=True)
            if kinds[identifier] == "text":
                path.write_text("this is not an image\n")
            elif kinds[identifier] != "missing":
                part.save(path, quality=90)
            if kinds[identifier] == "truncated":
                os.truncate(path, path.stat().st_size // 2)
            row = {"operation": "prep", "id": identifier, "images": [str(path)], "split": "train", "shelf": number % 7}
            rows.write(json.dumps(row) + "\n")
    (folder / "kinds.json").write_text(json.dumps(kinds))


# MARK: Results


class Wrong(Exception):
    """A result that is not as expected."""


def expect(condition, message):
    if not condition:
        raise Wrong(message)


def answers(path):
    """Returns the lines of a file, of the parts of a folder, or of an array of tasks, as objects."""
    files = [path] if path.is_file() else sorted(file for file in path.iterdir() if file.name[0] not in "._")
    expect(not [file for file in files if "partial" in file.name], "a partial file of answers was left")
    return [json.loads(line) for file in files if file.suffix != ".joblog" for line in file.read_text().splitlines()]


def normalized(answer):
    """Returns the id, the state and the path of an answer, of `worker` or of `prep --ndjson`."""
    if answer.get("type") == "row":
        files = answer.get("files") or [{}]
        return answer["id"], answer["state"], files[0].get("path")
    name = answer.get("name") or answer["source"]["name"]
    state = {"prepared": "saved"}.get(answer["status"], answer["status"])
    return pathlib.PurePath(name).stem, state, answer.get("path") or answer.get("prepared", {}).get("path")


def check(folder, out, results, by_folder, piped):
    """Checks answers and files; returns what to print about them."""
    kinds = json.loads((folder / "kinds.json").read_text())
    if by_folder:  # A folder has no missing files.
        kinds = {key: kind for key, kind in kinds.items() if kind != "missing"}
    found = collections.Counter()
    states = collections.Counter()
    written = {path.stem: path for path in out.rglob("*") if path.is_file() and not path.name.startswith(".")}
    for answer in answers(results):
        if piped and answer.get("type") == "summary":
            continue
        expect(answer.get("type") != "summary", "a summary is among the answers")
        identifier, state, path = normalized(answer)
        expect(identifier in kinds, f"{identifier} was not in the rows")
        found[identifier] += 1
        states[state] += 1
        kind = kinds[identifier]
        if kind == "good":
            expect(state in ("saved", "skipped"), f"{identifier}: expected a saved image, found {answer}")
            expect(os.path.samefile(path, written[identifier]), f"{identifier}: {path} is not its file")
        else:
            expect(state == "failed", f"{identifier} is broken, found {answer}")
            code = answer["error"].get("code")
            expect(code == BROKEN[kind], f"{identifier}: expected {BROKEN[kind]}, found {code}")
        if answer.get("type") == "row":
            number = int(identifier[2:])
            carried = (answer.get("split"), answer.get("shelf"))
            expect(carried == ("train", number % 7), f"{identifier}: carried fields are {carried}")
    expect(not kinds.keys() - found.keys(), f"no answer for {sorted(kinds.keys() - found.keys())[:5]}")
    twice = [identifier for identifier, count in found.items() if count > 1]
    expect(not twice, f"{len(twice)} ids were answered twice, such as {twice[:5]}")
    good = {identifier for identifier, kind in kinds.items() if kind == "good"}
    expect(written.keys() == good, f"expected {len(good)} files, found {len(written)}")
    hidden = [path.name for path in out.rglob(".*") if path.is_file()]

    digests = {identifier: hashlib.sha256(path.read_bytes()).hexdigest() for identifier, path in written.items()}
    reference = folder / "digests.json"
    if reference.exists():
        expect(json.loads(reference.read_text()) == digests, "the files differ from those of the first run")
    else:
        for path in written.values():
            with Image.open(path) as image:
                image.load()
        reference.write_text(json.dumps(digests))
    return {"rows": len(found), "errors": states["failed"], "skipped": states["skipped"], "hidden": len(hidden)}


# MARK: Runs


class Killer(threading.Thread):
    """Kills one process of the command when three tenths of the files are there.

    It stops the process first, to see which files are there at that moment.
    """

    def __init__(self, out, processes, count):
        super().__init__(daemon=True)
        self.out, self.processes, self.count = out, processes, count
        self.killed = None
        self.before = {}
        self.ended = threading.Event()

    def files(self):
        states = {}
        for path in self.out.rglob("*"):
            try:
                if path.is_file() and not path.name.startswith("."):
                    status = path.stat()
                    states[str(path)] = (status.st_ino, status.st_mtime_ns)
            except FileNotFoundError:
                pass
        return states

    def run(self):
        while not self.ended.wait(0.02):
            if sum(len(names) for _, _, names in os.walk(self.out)) < self.count * 3 // 10:
                continue
            for process in self.processes.read_text().split():
                try:
                    os.kill(int(process), signal.SIGSTOP)
                    state = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
                except (OSError, IndexError):
                    continue
                if state == "Z":
                    continue
                self.before = self.files()
                os.kill(int(process), signal.SIGKILL)
                self.killed = int(process)
                return

    def written_twice(self):
        now = self.files()
        return sum(now.get(path) != state for path, state in self.before.items())


def end_descendants():
    """Ends all that a command has left running. Orphans became our children."""
    while True:
        parents = {}
        for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
            try:
                parents[int(path.parent.name)] = int(path.read_text().rsplit(")", 1)[1].split()[1])
            except OSError:
                pass  # It has ended meanwhile.
        ours = {os.getpid()}
        while more := {process for process, parent in parents.items() if parent in ours} - ours:
            ours |= more
        ours.remove(os.getpid())
        if not ours:
            return
        for process in ours:
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.02)


def run(folder, arguments):
    # PR_SET_CHILD_SUBREAPER: processes whose parent ends become our children, instead of those of process 1.
    ctypes.CDLL(None, use_errno=True).prctl(36, 1, 0, 0, 0)
    place = folder / "run"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    out, results, processes = place / "out", place / "results", place / "processes"
    out.mkdir()
    processes.touch()
    command = place / "seedream"
    # Counts the processes; `exec` keeps the number of the process.
    command.write_text(f'#!/bin/sh\necho $$ >>"{processes}"\nexec "{arguments.seedream}" "$@"\n')
    command.chmod(0o755)
    values = {"{rows}": folder / "rows.jsonl", "{images}": folder / "images", "{out}": out, "{results}": results}
    values["{seedream}"] = command
    words = []
    for word in arguments.command:
        for name, value in values.items():
            word = word.replace(name, str(value))
        words.append(word)
    environment = dict(os.environ, SEEDREAM=str(command), PATH=f"{place}:{os.environ['PATH']}")
    killer = Killer(out, processes, arguments.count)
    log = place / "log"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    if arguments.kill:
        killer.start()
    with (
        open(folder / "rows.jsonl" if arguments.piped else os.devnull, "rb") as source,
        open(results if arguments.piped or arguments.printed else log, "wb") as output,
        open(log, "ab") as messages,
    ):
        process = subprocess.Popen(
            words, stdin=source, stdout=output, stderr=messages, env=environment, start_new_session=True
        )
        # A request to end is an ordinary exception, so that `finally` runs.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
        try:
            code = process.wait(timeout=arguments.limit)
        except subprocess.TimeoutExpired:
            code = f"no end after {arguments.limit} s"
        finally:
            seconds = time.monotonic() - begun
            end_descendants()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    killer.ended.set()
    if arguments.kill:
        killer.join()
    label = f"{arguments.name}{', one worker killed' if arguments.kill else ''}"
    try:
        expect(code in (0, arguments.code), f"exit code {code}")
        expect(not arguments.kill or killer.killed, "it ended before a worker could be killed")
        measured = check(folder, out, results, arguments.by_folder, arguments.piped)
    except (Wrong, OSError, ValueError, KeyError) as error:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-30:])
        sys.exit(f"error: {label}: {error}\n{tail}")
    times = sorted(path.stat().st_mtime for path in out.rglob("*") if path.is_file())
    measured |= {
        "name": arguments.name,
        "version": arguments.version,
        "note": arguments.note,
        "killed": arguments.kill,
        "seconds": seconds,
        "processor": processor,
        "rate": (len(times) - 1) / max(times[-1] - times[0], 0.001),
        "processes": len(processes.read_text().split()),
        "twice": killer.written_twice(),
    }
    with open(folder / "measured.jsonl", "a") as record:
        record.write(json.dumps(measured) + "\n")
    text = f"{measured['rows']} rows, {measured['errors']} errors, {seconds:.1f} s, {processor:.1f} CPU s, "
    text += f"{measured['rate']:.0f} images/s, {measured['processes']} processes"
    if arguments.kill:
        text += f", {measured['skipped']} rows sent again and skipped, {measured['twice']} files written twice"
        text += f", {measured['hidden']} temporary files left"
    print(f"{label}: {text}", flush=True)
    shutil.rmtree(place)


# MARK: The table


def table(folder):
    runs = [json.loads(line) for line in (folder / "measured.jsonl").read_text().splitlines()]
    names = list(dict.fromkeys(run["name"] for run in runs))

    def median(name, key):
        return statistics.median(run[key] for run in runs if run["name"] == name and not run["killed"])

    heads = ["engine", "version", "rows", "errors", "seconds", "images/s", "beside the bare worker", "CPU s"]
    heads += ["processes", "after a kill: rows sent again", "files written twice", "what the example has to say"]
    print("| " + " | ".join(heads) + " |")
    print("| " + " | ".join("---" for _ in heads) + " |")
    for name in names:
        first = next(run for run in runs if run["name"] == name)
        killed = [run for run in runs if run["name"] == name and run["killed"]]
        # The processes of Slurm are not below ours, so their time is not known.
        processor = f"{median(name, 'processor'):.1f}" if name != "Slurm array" else "–"
        cells = [name, first["version"], str(first["rows"]), str(first["errors"]), f"{median(name, 'seconds'):.1f}"]
        cells += [f"{median(name, 'rate'):.0f}", f"{median(name, 'rate') / median(names[0], 'rate'):.2f}", processor]
        cells += [str(first["processes"])]
        cells += [str(max(run[key] for run in killed)) if killed else "–" for key in ("skipped", "twice")]
        print("| " + " | ".join([*cells, first["note"]]) + " |")


def main():
    parser = argparse.ArgumentParser()
    actions = parser.add_subparsers(dest="action", required=True)
    images = actions.add_parser("images")
    images.add_argument("folder", type=pathlib.Path)
    images.add_argument("count", type=int)
    running = actions.add_parser("run")
    running.add_argument("folder", type=pathlib.Path)
    running.add_argument("name")
    running.add_argument("--seedream", required=True)
    running.add_argument("--version", default="")
    running.add_argument("--note", default="")
    running.add_argument("--count", type=int, default=0)
    running.add_argument("--limit", type=int, default=240, help="seconds")
    running.add_argument("--code", type=int, default=0, help="an exit code that is as good as 0")
    running.add_argument("--kill", action="store_true", help="kill one worker")
    running.add_argument("--piped", action="store_true", help="the command reads the rows and prints the answers")
    running.add_argument("--printed", action="store_true", help="the command prints the answers")
    running.add_argument("--by-folder", action="store_true", help="the images come from the folder, not from the rows")
    printing = actions.add_parser("table")
    printing.add_argument("folder", type=pathlib.Path)
    own = sys.argv[1 : sys.argv.index("--")] if "--" in sys.argv else sys.argv[1:]
    arguments = parser.parse_args(own)
    folder = arguments.folder.resolve()
    if arguments.action == "images":
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        make_images(folder, arguments.count)
    elif arguments.action == "run":
        arguments.command = sys.argv[len(own) + 2 :]
        run(folder, arguments)
    else:
        table(folder)


if __name__ == "__main__":
    main()

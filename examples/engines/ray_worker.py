"""Prepares the images of a list of rows with Ray Data: each actor owns one `seedream worker` for all of its batches.

    python ray_worker.py ROWS.jsonl OUT RESULTS.jsonl [option of `seedream worker`]...
    python ray_worker.py --address auto --actors 8 --threads 16 ROWS.jsonl OUT RESULTS.jsonl

ROWS.jsonl has a row on each line: {"operation": "prep", "id": "a-1", "images": ["/data/a.jpg"]}. OUT is a folder that
every machine reaches by the same path. RESULTS.jsonl gets the answers in the order in which batches end.

Traps:
- Actors that reserve every processor leave none for the tasks that read the rows, and nothing ever happens. So an
  actor reserves one less than its worker uses.
- Ray restarts an actor that dies, but it does not know that the actor's own subprocess died. So the actor raises an
  error, and Ray is told to retry that error; by default it retries none. Without max_task_retries it never stops.
- One worker answers an id once. So a batch that Ray sends again gets a new worker.
- Answers stay text: with and without `error` they are different schemas, which do not fit into one column of Arrow.
"""

import argparse
import collections
import json
import os
import queue
import subprocess
import sys
import threading

import ray


class WorkerEnded(Exception):
    """The worker ended before it answered all rows of a batch."""


class Worker:
    """One `seedream worker`, which starts with the first batch and serves all that follow."""

    def __init__(self, command):
        self.command = command
        self.process = None

    def start(self):
        self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")
        self.answers = queue.Queue()
        self.ids = set()
        # A thread reads while the actor writes, so that neither pipe can fill up and block both processes.
        threading.Thread(target=self.read, args=(self.process.stdout, self.answers), daemon=True).start()

    @staticmethod
    def read(lines, answers):
        for line in lines:
            answers.put(line)
        answers.put(None)

    def end(self):
        """Ends the worker, which finishes what it has begun."""
        if self.process is not None:
            try:
                self.process.stdin.close()
            except BrokenPipeError:
                pass
            self.process.wait()
            self.process = None

    def __call__(self, batch):
        rows = [row for row in batch["text"] if row.strip()]
        ids = {json.loads(row)["id"] for row in rows}
        if self.process is None or self.ids & ids:
            self.end()
            self.start()
        self.ids |= ids
        try:
            for row in rows:
                self.process.stdin.write(row + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # The worker has ended; the reader says so below.
        answered = []
        while len(answered) < len(rows):
            line = self.answers.get()
            if line is None or json.loads(line)["type"] == "summary":
                self.end()
                raise WorkerEnded(f"answered {len(answered)} of {len(rows)} rows")
            answered.append(line.rstrip("\n"))
        return {"answer": answered}


parser = argparse.ArgumentParser(description="Prepares images with Ray Data and `seedream worker`.")
parser.add_argument("rows", help="JSON Lines: a row for each image")
parser.add_argument("out", help="folder for the prepared images")
parser.add_argument("results", help="file for the answers")
parser.add_argument("--address", help="the cluster, such as auto; default: start Ray on this machine")
parser.add_argument("--actors", type=int, default=1, help="workers, such as one for each machine; default: 1")
parser.add_argument("--threads", type=int, default=os.cpu_count(), help="of a worker; default: processors")
parser.add_argument("--batch", type=int, default=128, help="rows in a batch; default: 128")
parser.add_argument("--seedream", default="seedream", help="the command; default: the one in PATH")
arguments, options = parser.parse_known_args()

ray.init(address=arguments.address)
ray.data.DataContext.get_current().actor_task_retry_on_errors = [WorkerEnded]
# --existing skip: a repeated batch prepares only what its first try did not save.
worker = [arguments.seedream, "worker", "-o", arguments.out, "--existing", "skip"]
worker += ["--threads", str(arguments.threads), *options]
answers = ray.data.read_text(arguments.rows).map_batches(
    Worker,
    fn_constructor_args=(worker,),
    batch_size=arguments.batch,
    compute=ray.data.ActorPoolStrategy(size=arguments.actors),
    num_cpus=max(0.5, arguments.threads - 1),
    max_restarts=3,
    max_task_retries=3,
)
states = collections.Counter()
partial = arguments.results + ".partial"
with open(partial, "w", encoding="utf-8") as results:
    for row in answers.iter_rows():
        states[json.loads(row["answer"])["state"]] += 1
        results.write(row["answer"] + "\n")
os.replace(partial, arguments.results)
with open(arguments.rows, encoding="utf-8") as lines:
    expected = sum(1 for line in lines if line.strip())
print(json.dumps({"rows": expected, "answered": states.total(), "states": states}))
if states.total() != expected:
    sys.exit(f"error: expected {expected} answers, found {states.total()}")

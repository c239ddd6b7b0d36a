"""Prepares the images of a list of rows with Spark: each partition is piped through one `seedream worker`.

    spark-submit spark_worker.py ROWS.jsonl OUT RESULTS [option of `seedream worker`]...
    python spark_worker.py --master 'local[2,4]' ROWS.jsonl OUT RESULTS --max-area 4000000

ROWS.jsonl has a row on each line: {"operation": "prep", "id": "a-1", "images": ["/data/a.jpg"]}. OUT is a folder, and
RESULTS a new folder, that every machine reaches by the same path. RESULTS gets the answers, one row on each line.

Traps:
- `pipe` without checkCode=True drops what a failed worker did not answer, and the job ends as if all were done.
- `pipe` starts the worker with an empty environment: no PATH, no HOME, no keys.
- local[2] tries a task once. local[2,4] tries it 4 times; on a cluster, spark.task.maxFailures says how often.
- Give each row an `id`: without one it is the number of the line in its partition, so several rows have the same.
"""

import argparse
import collections
import json
import os
import shlex
import sys

from pyspark import StorageLevel
from pyspark.sql import SparkSession

parser = argparse.ArgumentParser(description="Prepares images with Spark and `seedream worker`.")
parser.add_argument("rows", help="JSON Lines: a row for each image")
parser.add_argument("out", help="folder for the prepared images")
parser.add_argument("results", help="new folder for the answers")
parser.add_argument("--master", help="where Spark runs; default: what spark-submit says")
parser.add_argument("--partitions", type=int, help="workers to start in all; default: 2 for each processor")
parser.add_argument("--seedream", default="seedream", help="the command; default: the one in PATH")
arguments, options = parser.parse_known_args()

builder = SparkSession.builder.appName("seedream")
if arguments.master:
    builder = builder.master(arguments.master)
spark = builder.getOrCreate()
context = spark.sparkContext

# --existing skip: a repeated partition prepares only what its first try did not save. --threads 1: Spark already runs
# a task for each processor.
worker = [arguments.seedream, "worker", "-o", arguments.out, "--existing", "skip", "--threads", "1", *options]
environment = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
lines = context.textFile(arguments.rows, arguments.partitions or 2 * context.defaultParallelism)
lines = lines.filter(lambda line: line.strip())
# The answers are used twice below. They are kept, because each use would prepare the images again.
answers = lines.pipe(shlex.join(worker), env=environment, checkCode=True)
answers = answers.map(lambda line: (json.loads(line)["type"], line))
answers.persist(StorageLevel.DISK_ONLY)
answers.filter(lambda answer: answer[0] == "row").values().saveAsTextFile(arguments.results)
summaries = [json.loads(line) for line in answers.filter(lambda answer: answer[0] == "summary").values().collect()]

states = collections.Counter()
for summary in summaries:
    states.update(summary["states"])
expected = lines.count()
answered = sum(summary["rows"] for summary in summaries)
spark.stop()
print(json.dumps({"rows": expected, "answered": answered, "workers": len(summaries), "states": states}))
if answered != expected:
    sys.exit(f"error: expected {expected} answers, found {answered}")

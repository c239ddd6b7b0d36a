"""Runs an example as a scheduler would that is not on this machine: it sets the variables that the scheduler sets.

    schedulers.py kubernetes kubernetes_job.yaml IMAGES OUT RESULTS [OPTION…]
    schedulers.py slurm slurm_array.sh IMAGES OUT RESULTS [OPTION…]

It repeats what fails, as the file says: podFailurePolicy and backoffLimitPerIndex, or `scontrol requeue`.
"""

import os
import pathlib
import subprocess
import sys
import tempfile

WITHOUT = ("SLURM_", "AWS_BATCH_", "CLOUD_RUN_", "JOB_COMPLETION_INDEX")


def environment(**values):
    """Returns the environment without the variables of any scheduler, and with those that are given."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(WITHOUT)}
    return plain | {name: str(value) for name, value in values.items()}


def expect(condition, message):
    if not condition:
        sys.exit(f"error: {message}")


def refused(what, words, **values):
    """Expects that a command ends with 64, instead of preparing a part of the images or all of them."""
    run = subprocess.run(words, env=environment(**values), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    expect(run.returncode == 64, f"{what}: expected exit code 64, found {run.returncode}")
    expect("--shard" in run.stderr, f"{what}: expected an error about --shard, found {run.stderr}")
    print(f"{what}: {(run.stderr.splitlines() or [''])[0]}")


def kubernetes(path, images, out, results, options):
    import yaml

    job = yaml.safe_load(pathlib.Path(path).read_text())
    expect((job["apiVersion"], job["kind"]) == ("batch/v1", "Job"), "expected a Job of batch/v1")
    spec = job["spec"]
    pod = spec["template"]["spec"]
    container = pod["containers"][0]
    values = {entry["name"]: entry["value"] for entry in container["env"]}
    expect(spec["completionMode"] == "Indexed", "only an Indexed job has indexes")
    expect(values["SHARDS"] == str(spec["completions"]), "SHARDS is not the number of completions")
    expect(pod["restartPolicy"] == "Never", "podFailurePolicy needs restartPolicy Never")
    expect(all(isinstance(value, str) for value in values.values()), "values of env are text")
    rules = spec["podFailurePolicy"]["rules"]
    for rule in rules:
        codes = rule.get("onExitCodes", {"values": [1], "containerName": container["name"]})
        values_in_order = sorted(set(codes["values"]) - {0})
        expect(codes["values"] == values_in_order, f"expected {values_in_order}, found {rule}")
        expect(codes["containerName"] == container["name"], f"no container of that name: {rule}")
    mounts = {mount["name"] for mount in container["volumeMounts"]}
    expect(mounts == {volume["name"] for volume in pod["volumes"]}, "a volume is not mounted")

    words = container["command"] + container["args"] + options
    values |= {"INPUT": images, "OUT": out, "RESULTS": results}
    command = ["seedream", "prep", "--each", "-r", images, "--dry-run"]
    refused("an index without a number of shards", [*command, "--shard", "env"], JOB_COMPLETION_INDEX=0)
    refused("a number of shards without an index", [*command, "--shard", f"env/{spec['completions']}"])
    refused("an index that is too large", [*command, "--shard", "env/8"], JOB_COMPLETION_INDEX=8)
    for index in range(spec["completions"]):
        for _ in range(spec["backoffLimitPerIndex"] + 1):
            code = subprocess.run(words, env=environment(**values, JOB_COMPLETION_INDEX=index)).returncode
            if code == 0:
                break
            matching = [rule["action"] for rule in rules if code in rule.get("onExitCodes", {}).get("values", [])]
            action = (matching + ["Count"])[0]
            print(f"index {index} ended with {code}: {action}")
            expect(action == "Count", f"index {index} ended with {code}")
        expect(code == 0, f"index {index} failed too often")


def slurm(path, images, out, results, options):
    command = ["seedream", "prep", "--each", "-r", images, "--dry-run", "--shard", "env"]
    refused("a task without a number of tasks", command, SLURM_ARRAY_TASK_ID=0)
    array = {"SLURM_ARRAY_TASK_COUNT": 4, "SLURM_ARRAY_TASK_MIN": 1, "SLURM_ARRAY_TASK_MAX": 4}
    refused("two schedulers", command, **array, SLURM_ARRAY_TASK_ID=1, CLOUD_RUN_TASK_INDEX=0, CLOUD_RUN_TASK_COUNT=4)
    refused("a sparse array", command, **array | {"SLURM_ARRAY_TASK_MAX": 9}, SLURM_ARRAY_TASK_ID=9)
    with tempfile.TemporaryDirectory() as folder:
        # In the place of Slurm's own command: notes that the task is to be repeated, and ends the script.
        requeue = pathlib.Path(folder, "scontrol")
        expected = '[ "$1 $2" = "requeue 7_$SLURM_ARRAY_TASK_ID" ]'
        requeue.write_text(f'#!/bin/sh\n{expected} && echo again >"$0.again" && kill "$PPID"\n')
        requeue.chmod(0o755)
        again = pathlib.Path(folder, "scontrol.again")
        for task in range(1, 5):
            for restarts in range(5):
                again.unlink(missing_ok=True)
                values = array | {
                    "SLURM_ARRAY_JOB_ID": 7,
                    "SLURM_ARRAY_TASK_ID": task,
                    "SLURM_ARRAY_TASK_STEP": 1,
                    "SLURM_CPUS_PER_TASK": 2,
                    "SLURM_RESTART_COUNT": restarts,
                    "PATH": f"{folder}:{os.environ['PATH']}",
                }
                words = ["bash", path, images, out, results, *options]
                code = subprocess.run(words, env=environment(**values)).returncode
                if not again.exists():
                    break
                print(f"task {task} asked to be repeated")
            expect(code == 0, f"task {task} ended with {code}")


action, example, *folders = sys.argv[1:]
{"kubernetes": kubernetes, "slurm": slurm}[action](example, *folders[:3], folders[3:])

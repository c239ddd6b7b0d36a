#!/usr/bin/env bash
#SBATCH --job-name=seedream
#SBATCH --array=0-7
#SBATCH --cpus-per-task=4
#SBATCH --requeue
#SBATCH --open-mode=append
# Prepares a folder of images on a Slurm cluster: each task of the array prepares its share of the images.
#
#   sbatch slurm_array.sh INPUT OUT RESULTS [option of `seedream prep`]...
#   sbatch --array=0-99 --cpus-per-task=8 slurm_array.sh /data/in /data/out /data/results --max-area 4000000
#
# INPUT, OUT and RESULTS are folders that every node reaches by the same path. INPUT must not change meanwhile, because
# each task lists it. RESULTS gets a file of JSON Lines from each task.
#
# Traps: exit code 1 only says that some images failed, so it must not fail the task. Slurm repeats a task if its node
# fails, but not if its process is killed, so the script asks for it. Never repeat one task with `sbatch --array=3`:
# that is an array of 1 task, which prepares everything. Repeat the whole array; what is there is skipped.
set -euo pipefail

input=$1 out=$2 results=$3
shift 3
mkdir -p "$out" "$results"
rows=$results/$SLURM_ARRAY_TASK_ID.jsonl

# --existing skip: a repeated task prepares only what its first try did not save.
code=0
"${SEEDREAM:-seedream}" prep --each -r "$input" -o "$out" --shard env --existing skip --ndjson \
    --threads "${SLURM_CPUS_PER_TASK:-1}" "$@" >"$rows.partial" || code=$?
case $code in
0 | 1) mv "$rows.partial" "$rows" ;; # 1: some images failed, and their rows say why
64 | 65 | 78) exit "$code" ;;        # the command line, the input or the configuration is wrong, and stays so
*)
    if [[ ${SLURM_RESTART_COUNT:-0} -lt 3 ]]; then
        scontrol requeue "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"
        sleep 60 # Slurm ends this script, and starts it again later.
    fi
    exit "$code"
    ;;
esac

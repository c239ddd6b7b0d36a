#!/usr/bin/env bash
# Prepares the images of a list of rows with several workers on this machine, with GNU parallel.
#
#   gnu_parallel.sh ROWS.jsonl OUT RESULTS.jsonl [option of `seedream worker`]...
#
# ROWS.jsonl has a row on each line: {"operation": "prep", "id": "a-1", "images": ["/data/a.jpg"]}. Each worker gets
# BLOCK lines (default: 500), WORKERS of them run at once (default: the number of processors), and a block whose worker
# fails or is killed is tried 3 times. RESULTS.jsonl gets the answers, RESULTS.jsonl.joblog a line for each block.
#
# Traps: --pipepart with --retries loses blocks without an error (GNU parallel 20221122), and --line-buffer with
# --retries prints the rows of a failed try too. So this uses --pipe, and answers are printed a block at a time.
set -euo pipefail

rows=$1 out=$2 results=$3
shift 3
answers=$(mktemp "$results.XXXXXX")
trap 'rm -f "$answers"' EXIT

# --existing skip: a repeated block prepares only what its first try did not save.
code=0
parallel --pipe -N "${BLOCK:-500}" --jobs "${WORKERS:-$(nproc)}" --retries 3 --joblog "$results.joblog" --quote \
    "${SEEDREAM:-seedream}" worker -o "$out" --existing skip --threads 1 "$@" <"$rows" >"$answers" || code=$?

# The last line of each worker is its summary. Keys are sorted, and its last one is `type`; a field that a row carries
# cannot end a line in the same way.
grep -v '"type":"summary"}$' "$answers" >"$results" || true
expected=$(grep -c '[^[:space:]]' "$rows" || true)
answered=$(wc -l <"$results")
workers=$(($(wc -l <"$answers") - answered))
echo "rows $expected, answered $answered, workers $workers"
if [[ $code -ne 0 || $answered -ne $expected ]]; then
    echo "error: expected $expected answers, found $answered; $results.joblog shows which blocks failed" >&2
    exit 1
fi

#!/usr/bin/env bash
# Builds the tests and runs the whole suite as two processes at once, because it spends much of its time waiting: for
# slow emulated providers and for killed programs. macOS runs it as one process.
#
#   scripts/run-tests.sh [flag of swift build]...
#
# Prints the failures and the last lines of each part; the complete output is in .build/tests. Ends with 1 if a part
# fails, crashes, or runs no test.
set -euo pipefail
cd "$(dirname "$0")/.."

flags=(--enable-all-traits "$@")
if [[ "$(uname)" != Linux ]]; then
    exec swift test --disable-xctest --no-parallel "${flags[@]}"
fi

swift build --build-tests "${flags[@]}"
binary=$(swift build --show-bin-path "${flags[@]}")/SeedreamKitPackageTests.xctest
logs=.build/tests
mkdir -p "$logs"

# Each test belongs to exactly one part: the second skips what the first runs.
parts=(client rest)
filter_client=(--filter SeedreamClientTests)
filter_rest=(--filter . --skip SeedreamClientTests)

pids=()
trap '[[ ${#pids[@]} -eq 0 ]] || kill "${pids[@]}" 2>/dev/null || true' EXIT
for part in "${parts[@]}"; do
    declare -n filter=filter_$part
    "$binary" --testing-library swift-testing --no-parallel "${filter[@]}" </dev/null >"$logs/$part.txt" 2>&1 &
    pids+=($!)
    echo "running: ${filter[*]}, into $logs/$part.txt"
done

failed=0
for index in "${!parts[@]}"; do
    log=$logs/${parts[index]}.txt
    status=0
    wait "${pids[index]}" || status=$?
    printf '\n%s: ended with %d\n' "${parts[index]}" "$status"
    # The failures, each with the lines that explain it.
    grep -aE -A 4 '^✘|recorded an issue|Fatal error' "$log" || true
    tail -n 3 "$log"
    if [[ $status -ne 0 ]] || ! grep -aqE 'Test run with [1-9][0-9]* tests? in .* passed' "$log"; then
        failed=1
        echo "error: ${parts[index]} failed; the whole of it is in $log"
    fi
done
pids=()
exit "$failed"

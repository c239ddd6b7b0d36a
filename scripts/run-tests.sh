#!/usr/bin/env bash
# Builds the tests and runs them as a few processes at once, because much of their time is spent waiting: for slow
# emulated providers and for killed programs.
#
#   scripts/run-tests.sh [flag of swift build]...               every suite but the campaigns
#   scripts/run-tests.sh --campaigns [flag of swift build]...   the campaigns: suites named ...CampaignTests
#   scripts/run-tests.sh --all [flag of swift build]...         every suite
#
# With SEEDREAM_CAMPAIGNS=full, a campaign runs all of its cases. Prints the failures and the last lines of each part;
# the complete output is in .build/tests. Ends with 1 if a part fails, crashes, or runs no test.
set -euo pipefail
cd "$(dirname "$0")/.."

# Each test belongs to exactly one part: the third skips what the first two run, the last skips the kills. Suites of the
# client with these words in their names run in the third, so that no part takes much longer than another.
moved='\w*(Ledger|Postgres|Slot|Worker|Model)'
client=(--filter '^SeedreamClientTests\.' --skip CampaignTests --skip "^SeedreamClientTests\.$moved")
command=(--filter '^(CommandTests|DocumentationTests|EmulatorTests)\.' --skip CampaignTests)
others=(--filter . --skip "^(SeedreamClientTests\.(?!$moved)|(CommandTests|DocumentationTests|EmulatorTests)\.)" --skip CampaignTests)
kills=(--filter KillCampaignTests)
faults=(--filter CampaignTests --skip KillCampaignTests)
suites=(client command others)
campaigns=(kills faults)
case ${1:-} in
--campaigns) suites=() && shift ;;
--all) shift ;;
*) campaigns=() ;;
esac
flags=(--enable-all-traits "$@")
# See Package.swift.
export SEEDREAM_OPTIMIZE_PIXELS=1
logs=.build/tests
failed=0

# Prints the failures of a part, each with the lines that explain it, and its last lines.
report() {
    printf '\n%s: ended with %d after %d s\n' "$1" "$2" $((SECONDS - started))
    grep -aE -A 4 '^✘|recorded an issue|Fatal error' "$logs/$1.txt" || true
    tail -n 3 "$logs/$1.txt"
    if [[ $2 -ne 0 ]] || ! grep -aqE 'Test run with [1-9][0-9]* tests? in .* passed' "$logs/$1.txt"; then
        failed=1
        echo "error: $1 failed; the whole of it is in $logs/$1.txt"
    fi
}

# Runs parts at once, and reports on each.
run() {
    local part arguments status index=0
    started=$SECONDS
    pids=()
    for part in "$@"; do
        arguments="$part[@]"
        echo "running $part: ${!arguments}"
        if [[ "$(uname)" == Linux ]]; then
            "$binary" --testing-library swift-testing --no-parallel "${!arguments}" </dev/null >"$logs/$part.txt" 2>&1 &
        else
            # Each waits for the others' lock on the build folder.
            swift test --skip-build --disable-xctest --no-parallel "${flags[@]}" "${!arguments}" </dev/null >"$logs/$part.txt" 2>&1 &
        fi
        pids+=($!)
    done
    for part in "$@"; do
        status=0
        wait "${pids[index]}" || status=$?
        report "$part" "$status"
        index=$((index + 1))
    done
    pids=()
}

pids=()
trap '[[ ${#pids[@]} -eq 0 ]] || kill "${pids[@]}" 2>/dev/null || true' EXIT
# Only what the tests need: --build-tests would build every target of every dependency, twice the work.
swift build --product SeedreamKitPackageTests "${flags[@]}"
echo "built after $SECONDS s"
binary=$(swift build --show-bin-path "${flags[@]}")/SeedreamKitPackageTests.xctest
mkdir -p "$logs"
[[ ${#suites[@]} -eq 0 ]] || run "${suites[@]}"
if [[ ${#campaigns[@]} -eq 0 ]]; then
    echo "not run: the campaigns (make campaigns, make test-all)"
else
    run "${campaigns[@]}"
fi
exit "$failed"

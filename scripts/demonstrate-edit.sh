#!/usr/bin/env bash
# Edits the photographs of fixtures/photos against the emulator, as against a provider: prepares, sends once, fetches,
# checks and saves them.
#
#   scripts/demonstrate-edit.sh SEEDREAM   the command, built with all traits
set -euo pipefail
cd "$(dirname "$0")/.."

seedream=$1
state=$(mktemp -d)
trap 'kill "$emulator" 2>/dev/null || true; rm -rf "$state"' EXIT

"$seedream" emulate --json >"$state/emulator.json" 2>/dev/null &
emulator=$!
for _ in $(seq 100); do
    port=$(sed -n 's/.*"port" *: *\([0-9]*\).*/\1/p' "$state/emulator.json")
    [[ -n "$port" ]] && break
    sleep 0.1
done
[[ -n "$port" ]] || { echo "error: the emulator did not start" >&2; exit 1; }

# Prints each command as a user would type it, with the emulator's address as the base URL, and runs it.
run() {
    local word line="\$ seedream"
    for word in "$@"; do
        [[ "$word" == *[[:space:]]* ]] && word="\"$word\""
        line+=" $word"
    done
    echo "$line"
    FAL_KEY=any XDG_STATE_HOME="$state" XDG_CONFIG_HOME="$state" "$seedream" "$@"
    echo
}
rm -rf out/edited
run edit "put it in a hat" fixtures/photos --each -o out/edited --base-url "http://127.0.0.1:$port/fal"
run generate "a lighthouse in a storm" --size 16:9 -o out/edited --base-url "http://127.0.0.1:$port/fal"
run jobs

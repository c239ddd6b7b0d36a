#!/usr/bin/env bash
# Builds the documentation of every public module as one archive, .build/docs, and fails on any warning of DocC.
#
# The build is in .build/docs-build, so that other builds are not repeated. Package.resolved stays as it was: only this
# build depends on swift-docc-plugin (SEEDREAM_DOCS, see Package.swift).
set -euo pipefail
cd "$(dirname "$0")/.."

build=.build/docs-build
output=.build/docs
mkdir -p "$build" "$output"

kept=$build/Package.resolved.kept
rm -f "$kept"
[[ ! -f Package.resolved ]] || cp -p Package.resolved "$kept"
restore() {
    if [[ -f $kept ]]; then mv "$kept" Package.resolved; else rm -f Package.resolved; fi
}
trap restore EXIT
trap 'exit 1' INT TERM

targets=()
for catalogue in Sources/*/Documentation.docc; do
    targets+=(--target "$(basename "$(dirname "$catalogue")")")
done

export SEEDREAM_DOCS=1
log=$build/docs.txt
swift package --scratch-path "$build" --enable-all-traits --allow-writing-to-directory "$output" \
    generate-documentation "${targets[@]}" --enable-experimental-combined-documentation --warnings-as-errors \
    --disable-indexing --output-path "$output" 2>&1 | tee "$log"

# A warning fails the build in DocC itself; this also finds one that the plugin prints. SwiftPM's warnings of files that
# a dependency does not declare are not of the documentation.
warnings=$(grep -E '^(.*: )?warning: ' "$log" | grep -cvE "^warning: '[^']*': found [0-9]+ file\(s\) which are unhandled" || true)
if [[ $warnings -ne 0 ]]; then
    echo "error: expected documentation without warnings, found $warnings; they are in $log" >&2
    exit 1
fi
for catalogue in Sources/*/Documentation.docc; do
    module=$(basename "$(dirname "$catalogue")")
    page=$output/documentation/$(tr '[:upper:]' '[:lower:]' <<<"$module")/index.html
    [[ -f $page ]] || { echo "error: expected a page of $module, found no $page" >&2; exit 1; }
done
echo "documentation of $((${#targets[@]} / 2)) modules, 0 warnings: $output"
echo "to read it: make docs-preview"

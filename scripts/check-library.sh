#!/usr/bin/env bash
# Builds packages that depend on this one by its path, as those of its users do, and runs them:
#
#   preparation   product ImagePreparation, traits: []
#   session       product SeedreamKit, default traits
#
#   scripts/check-library.sh [preparation|session]
#
# Their code is the Swift blocks of the README, of docs/swift.md and of the getting-started articles. Prints for each the
# seconds of a debug build and the number of packages that it resolves. Needs the libraries and the package registries.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
only=${1:-}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Sessions that the examples open keep their ledger here.
export XDG_STATE_HOME=$work/state XDG_CONFIG_HOME=$work/config

# block DOCUMENT MARKER: the Swift block between two markers of a document.
block() {
    sed -n "/<!-- $2 start -->/,/<!-- $2 end -->/p" "$1" | sed '1,/^```swift$/d; /^```$/,$d'
}

# manifest NAME PRODUCT TRAITS: writes the Package.swift of a user. TRAITS is empty, or an argument with its comma.
manifest() {
    mkdir -p "$work/$1/Sources/$1"
    cat >"$work/$1/Package.swift" <<SWIFT
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "$1",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "SeedreamKit", path: "$root"$3)],
    targets: [
        .executableTarget(
            name: "$1", dependencies: [.product(name: "$2", package: "SeedreamKit")],
            swiftSettings: [.enableUpcomingFeature("MemberImportVisibility")])
    ])
SWIFT
}

# articles NAME MODULE...: adds the Swift blocks of the articles of these modules, a file each.
articles() {
    local name=$1 module
    shift
    for module in "$@"; do
        awk '/^```/ { inside = /^```swift$/; next } inside' "Sources/$module/Documentation.docc/GettingStarted.md" \
            >"$work/$name/Sources/$name/$module.swift"
    done
}

# build NAME: builds a package, and prints its figures.
build() {
    local start=$SECONDS pins=0
    swift build --package-path "$work/$1" >"$work/$1.txt" 2>&1 || { cat "$work/$1.txt" >&2; exit 1; }
    [[ ! -f $work/$1/Package.resolved ]] || pins=$(grep -c '"identity"' "$work/$1/Package.resolved")
    if grep -E "/$1/Sources/.*warning:" "$work/$1.txt" >&2; then
        echo "error: expected an example without warnings" >&2
        exit 1
    fi
    echo "$1: built in $((SECONDS - start)) s, $pins packages resolved"
}

check_preparation() {
    manifest preparation ImagePreparation ', traits: []'
    {
        block docs/swift.md swift-preparation
        echo 'for uri in try await dataURIs(of: Array(CommandLine.arguments.dropFirst())) { print("\(uri.prefix(22))… \(uri.count)") }'
    } >"$work/preparation/Sources/preparation/main.swift"
    articles preparation Pixels SeedreamModel ImageCodecs ImagePreparation
    build preparation
    ran=$("$work/preparation/.build/debug/preparation" fixtures/photos/rocket.jpg | tail -n 1)
    [[ $ran == 'data:image/jpeg;base64… '* ]] || { echo "error: expected a data URI, found: $ran" >&2; exit 1; }
    echo "preparation: $ran characters"
}

check_session() {
    manifest session SeedreamKit ''
    {
        block README.md swift-session
        # shellcheck disable=SC2016
        echo 'let cost = try await worstCost(of: "a hat", CommandLine.arguments.dropFirst().map { $0 }, with: SeedreamSession(.fal))'
        echo 'print("worst cost: \(cost ?? -1)")'
    } >"$work/session/Sources/session/main.swift"
    articles session SeedreamClient SeedreamKit
    build session
    ran=$("$work/session/.build/debug/session" fixtures/photos/rocket.jpg | tail -n 1)
    [[ $ran == 'worst cost: 0.03' ]] || { echo "error: expected a worst cost of 0.03, found: $ran" >&2; exit 1; }
    echo "session: $ran USD"
}

case $only in
    "")
        check_preparation
        check_session
        ;;
    preparation | session) "check_$only" ;;
    *) echo "error: expected preparation or session, found $only" >&2; exit 2 ;;
esac

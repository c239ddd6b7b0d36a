#!/usr/bin/env bash
# Builds the project in a Debian 13 chroot, runs `make demo` there, and the tests over the corpus.
# Prints a message and ends with 0 if no such chroot can be made.
#
#   scripts/check-debian13.sh          the demonstration, and the tests over the corpus and of HEIC, without the provider client
#   scripts/check-debian13.sh --all    the demonstration, and the whole suite
#   scripts/check-debian13.sh --deb    the Debian package instead, into out/, and scripts/check-deb.sh with it
#
#   SEEDREAM_DEBIAN13   a script that makes and mounts a Debian 13 with Swift in the folder it is passed
#                       (default: ../shared/tools/debian13-chroot.sh)
#   TRIXIE              that folder; it is reused if it exists (default: $HOME/trixie)
set -euo pipefail
cd "$(dirname "$0")/.."

maker=${SEEDREAM_DEBIAN13:-../shared/tools/debian13-chroot.sh}
root=${TRIXIE:-$HOME/trixie}

skip() {
    echo "Debian 13: NOT CHECKED: $1"
    exit 0
}

[[ "$(uname)" == Linux ]] || skip "this is no Linux"
[[ "$(id -u)" -eq 0 ]] || skip "a chroot needs root"
[[ -f "$maker" ]] || skip "there is no script at $maker that makes one (SEEDREAM_DEBIAN13 names another)"
# In a separate mount namespace, so that nothing stays mounted when this ends.
if [[ -z "${SEEDREAM_IN_NAMESPACE:-}" ]]; then
    unshare --mount true 2>/dev/null || skip "this system lets nobody mount anything"
    SEEDREAM_IN_NAMESPACE=1 exec unshare --mount --propagation private "$0" "$@"
fi
SWIFT_PACKAGES=${SWIFT_PACKAGES:-} sh "$maker" "$root" || skip "$maker failed"

corpus=$(realpath -m "${SEEDREAM_CORPUS:-../shared/corpus}")
faults=$(realpath -m "${SEEDREAM_FAULTS:-../shared/faults}")
mkdir -p "$root/src/seedreamkit"
# Removes the files of an earlier check, or files that are gone by now would be built as well.
find "$root/src/seedreamkit" -mindepth 1 -maxdepth 1 ! -name .build -exec rm -rf {} +
# Copies the files that git tracks, as they are on disk. The build folder is kept for the next check.
git ls-files -z | tar --create --null --files-from=- --ignore-failed-read 2>/dev/null |
    tar --extract --directory "$root/src/seedreamkit"
for folder in "$corpus" "$faults"; do
    [[ -d "$folder" ]] || continue
    mkdir -p "$root/src/shared/$(basename "$folder")"
    mount --bind -o ro "$folder" "$root/src/shared/$(basename "$folder")"
done

inside() { chroot "$root" /usr/bin/env -i HOME=/root CI=true PATH="$(dirname "$(readlink -f "$(command -v swift)")"):/usr/sbin:/usr/bin:/sbin:/bin" \
    SEEDREAM_CORPUS=/src/shared/corpus SEEDREAM_FAULTS=/src/shared/faults bash -c "cd /src/seedreamkit && $1" </dev/null; }

echo "Debian $(cat "$root/etc/debian_version")"
if [[ "${1:-}" == --deb ]]; then
    inside "scripts/install-dependencies.sh"
    inside "command -v dpkg-shlibdeps >/dev/null || apt-get install -y -qq --no-install-recommends dpkg-dev >/dev/null"
    # The chroot has no commits to take the time and the maintainer from.
    inside "$(printf 'SOURCE_DATE_EPOCH=%q DEBFULLNAME=%q DEBEMAIL=%q make deb' "$(git log -1 --format=%ct)" \
        "${DEBFULLNAME:-$(git log -1 --format=%an)}" "${DEBEMAIL:-$(git log -1 --format=%ae)}")"
    mkdir -p out
    cp "$root"/src/seedreamkit/out/seedream_*.deb out/
    for package in "$root"/src/seedreamkit/out/seedream_*.deb; do
        scripts/check-deb.sh "out/$(basename "$package")"
    done
    exit
fi
inside "scripts/install-dependencies.sh --tests"
inside "make demo"
inside ".build/prep/release/seedream --version"
if [[ "${1:-}" == --all ]]; then
    inside "make test"
else
    traits=$(sed -n 's/^PREP_TRAITS := //p' Makefile)
    # As in run-tests.sh: without optimization, a large image takes longer than the tests allow.
    optimized="SEEDREAM_OPTIMIZE_PIXELS=1 swift"
    # Only what the tests need: see run-tests.sh.
    inside "$optimized build --product SeedreamKitPackageTests --disable-default-traits --traits $traits 2>&1 | tail -3"
    inside "$optimized test --skip-build --disable-xctest --no-parallel --disable-default-traits --traits $traits \
        --filter '^(CorpusTests\.|ImageCodecsTests\.(HEIF|DamagedGrid))'"
fi
echo "Debian 13: as it should be"

#!/usr/bin/env bash
# Installs the command that `make build` has built, its manual pages and its completions, or removes them.
#
#   scripts/install.sh install [SEEDREAM]        into $DESTDIR$PREFIX; `make install`
#   scripts/install.sh uninstall                 removes them from there; `make uninstall`
#   scripts/install.sh stage FOLDER [SEEDREAM]   writes the files into a folder that does not exist yet, as bin and share
#
#   SEEDREAM  the command (default: .build/release/seedream)
#   PREFIX    default: /usr/local
#   DESTDIR   a folder in front of PREFIX, for those who make packages (default: none)
#
# It builds nothing and writes nothing into the clone, so that `sudo make install` leaves no file of root there.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
    echo "error: $1" >&2
    echo "  hint: $2" >&2
    exit 1
}

stage() {
    local root=$1 seedream=${2:-.build/release/seedream} pages completions
    [[ -x "$seedream" ]] || fail "expected the command at $seedream, found no such file" "run \`make build\`, without sudo"
    pages=$root/share/man/man1
    completions=$(mktemp -d)
    mkdir -p "$root/bin" "$pages" "$root/share/bash-completion/completions" "$root/share/zsh/site-functions" \
        "$root/share/fish/vendor_completions.d" "$root/share/doc/seedream"
    if [[ "$(uname)" == Linux ]]; then
        strip --strip-all --remove-section=.comment --remove-section=.note -o "$root/bin/seedream" "$seedream"
    else
        strip -o "$root/bin/seedream" "$seedream"
    fi
    scripts/generate-manual "$pages" "$seedream" >/dev/null
    scripts/generate-completions "$completions" "$seedream" >/dev/null
    # The file is read, never run, and needs no interpreter.
    sed '1{/^#!/d;}' "$completions/seedream.bash" >"$root/share/bash-completion/completions/seedream"
    mv "$completions/_seedream" "$root/share/zsh/site-functions/_seedream"
    mv "$completions/seedream.fish" "$root/share/fish/vendor_completions.d/seedream.fish"
    rm -rf "$completions"
    cp LICENSE NOTICE README.md "$root/share/doc/seedream/"
    find "$root" -type d -exec chmod 755 {} +
    find "$root" -type f -exec chmod 644 {} +
    chmod 755 "$root/bin/seedream"
}

# The folders of the prefix that belong to the command alone, and the files in the others.
ours() {
    printf '%s\n' "$1"/bin/seedream "$1"/share/man/man1/seedream.1 "$1"/share/man/man1/seedream-*.1 \
        "$1"/share/bash-completion/completions/seedream "$1"/share/zsh/site-functions/_seedream \
        "$1"/share/fish/vendor_completions.d/seedream.fish "$1"/share/doc/seedream
}

prefix=${DESTDIR:-}${PREFIX:-/usr/local}
case ${1:-} in
stage)
    [[ -n "${2:-}" && ! -e "$2" ]] || fail "expected the name of a new folder, found '${2:-}'" "scripts/install.sh stage FOLDER"
    stage "${@:2}"
    ;;
install)
    parent=$prefix
    while [[ ! -e "$parent" ]]; do parent=$(dirname "$parent"); done
    [[ -w "$parent" ]] || fail "$parent is not writable for you" "run \`sudo make install\`, or \`make install PREFIX=\$HOME/.local\`"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    seedream=${2:-.build/release/seedream}
    stage "$work/root" "$seedream"
    newer=$(find Package.swift Sources CModules -newer "$seedream" -type f -print -quit)
    [[ -z "$newer" ]] || echo "note: $newer is newer than $seedream; \`make build\`, without sudo, builds it" >&2
    (cd "$work/root" && find . -type d) | while read -r folder; do
        [[ -d "$prefix/$folder" ]] || install -d -m 755 "$prefix/$folder"
    done
    (cd "$work/root" && find . -type f) | while read -r file; do
        mode=644
        [[ "$file" != ./bin/* ]] || mode=755
        install -m "$mode" "$work/root/$file" "$prefix/$file"
    done
    echo "installed $("$prefix/bin/seedream" --version | head -1) as $prefix/bin/seedream"
    ;;
uninstall)
    ours "$prefix" | while read -r path; do
        [[ ! -e "$path" ]] || rm -r "$path"
    done
    echo "removed seedream from $prefix"
    ;;
*)
    fail "expected install, uninstall or stage, found '${1:-}'" "make install"
    ;;
esac

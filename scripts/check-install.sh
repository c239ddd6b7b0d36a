#!/usr/bin/env bash
# Installs the command into an empty folder, looks for what belongs to it, and removes it. Prints each error; ends with 1
# if there is one. Needs no root.
#
#   scripts/check-install.sh [SEEDREAM]    the command (default: .build/release/seedream)
set -euo pipefail
cd "$(dirname "$0")/.."

seedream=${1:-.build/release/seedream}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
broken=0
error() {
    echo "error: $1" >&2
    broken=1
}

# A neighbour, which must stay. What is installed is for all users, with any umask.
umask 022
mkdir -p "$folder/opt/share/man/man1"
echo neighbour >"$folder/opt/share/man/man1/seed.1"
umask 077
export DESTDIR=$folder PREFIX=/opt
scripts/install.sh install "$seedream" >/dev/null 2>&1 || error "the installation failed"

for file in bin/seedream share/man/man1/seedream.1 share/man/man1/seedream-edit.1 share/doc/seedream/{LICENSE,NOTICE,README.md} \
    share/bash-completion/completions/seedream share/zsh/site-functions/_seedream share/fish/vendor_completions.d/seedream.fish; do
    [[ -s "$folder/opt/$file" ]] || error "expected $file, found none"
done
[[ "$("$folder/opt/bin/seedream" --version)" == "$("$seedream" --version)" ]] || error "the installed command is not the one that was built"
if [[ "$(uname)" == Linux ]] && readelf --sections --wide "$folder/opt/bin/seedream" | grep -qE ' \.(symtab|debug_info|comment) '; then
    error "the installed command has symbols or debugging information"
fi
odd=$(find "$folder/opt" -type d ! -perm 755 -o -type f ! -perm 644 ! -path '*/bin/*')
[[ -z "$odd" ]] || error "expected folders of mode 755 and files of mode 644, found others: $odd"

scripts/install.sh uninstall >/dev/null || error "the removal failed"
left=$(find "$folder" -type f -name '*seedream*' -o -name seedream)
[[ -z "$left" ]] || error "the removal left $left"
[[ -f "$folder/opt/share/man/man1/seed.1" ]] || error "the removal took a page of another command"

[[ $broken -eq 0 ]] && echo "installation: as it should be"
exit "$broken"

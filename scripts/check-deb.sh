#!/usr/bin/env bash
# Installs a Debian package of the command on a bare system of its release, uses it there as a user without rights,
# removes it, and checks that nothing of it is left. Needs root and debootstrap; ends with 1 if something is wrong.
#
#   scripts/check-deb.sh [PACKAGE]    default: the one in out/
#
#   DEBIAN_MIRROR    where Debian is fetched from (default: where this system gets it)
set -euo pipefail
shopt -s nullglob
cd "$(dirname "$0")/.."

fail() {
    echo "error: $1" >&2
    exit 1
}

if [[ -z "${1:-}" ]]; then
    packages=(out/seedream_*.deb)
    [[ ${#packages[@]} -eq 1 ]] || fail "expected one package in out/, found ${#packages[@]}; name one"
    set -- "${packages[0]}"
fi
package=$(realpath "$1")
version=$(dpkg-deb --field "$package" Version)
case $version in
*~deb12*) suite=bookworm ;;
*~deb13*) suite=trixie ;;
*) fail "expected a version that ends with ~deb12 or ~deb13, found $version" ;;
esac

[[ "$(id -u)" -eq 0 ]] || fail "expected root, who can make a chroot; run it with sudo"
command -v debootstrap >/dev/null || fail "there is no debootstrap; run \`sudo apt-get install debootstrap\`"
# In a separate mount namespace, so that nothing stays mounted when this ends.
if [[ -z "${SEEDREAM_IN_NAMESPACE:-}" ]]; then
    SEEDREAM_IN_NAMESPACE=1 exec unshare --mount --propagation private "$0" "$package"
fi

if command -v lintian >/dev/null; then
    lintian --fail-on error --tag-display-limit 0 --allow-root "$package" || fail "lintian finds errors in $1"
    echo "lintian: no errors"
else
    echo "lintian: NOT CHECKED, it is not installed"
fi

mirror=${DEBIAN_MIRROR:-$(sed -n 's/^URIs: *//p' /etc/apt/sources.list.d/*.sources 2>/dev/null | head -n 1)}
mirror=${mirror:-$(sed -n 's/^deb \(\[.*\] \)\?\([^ ]*\).*/\2/p' /etc/apt/sources.list | head -n 1)}
work=$(mktemp -d -p /var/tmp)
root=$work/root
trap 'umount --recursive "$root/proc" "$root/dev" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT
echo "making a bare $suite"
debootstrap --variant=minbase "$suite" "$root" "$mirror" >"$work/log" 2>&1 || { tail -n 3 "$work/log" >&2; fail "debootstrap failed"; }
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
cp -L /etc/resolv.conf "$root/etc/"
cp -r /etc/apt/apt.conf.d/. "$root/etc/apt/apt.conf.d/"  # a proxy, if there is one

inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive "$@" </dev/null; }
as_user() { inside runuser -u user -- env HOME=/home/user "$@"; }
quietly() { "$@" >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; fail "$* failed"; }; }
# The files that carry the command's name, apart from the user's, from logs, and from pages that man has formatted.
named() { find "$root" -xdev -name '*seedream*' ! -path "$root/home/*" ! -path "$root/var/log/*" \
    ! -path "$root/var/cache/man/*" ! -path "$root/proc/*" ! -path "$root/dev/*"; }

[[ -z "$(named)" ]] || fail "the bare system has files of the command already"
cp "$package" "$root/tmp/package.deb"
quietly inside apt-get update
before=$(inside dpkg-query --show | wc -l)
quietly inside apt-get install -y --no-install-recommends /tmp/package.deb
rm "$root/tmp/package.deb"
echo "installed on $(inside cat /etc/debian_version), with $(($(inside dpkg-query --show | wc -l) - before - 1)) packages that it needs"
[[ "$(inside dpkg-query --show seedream)" == "seedream"$'\t'"$version" ]] || fail "dpkg does not list version $version"
quietly inside dpkg --verify seedream
quietly inside useradd --create-home user

as_user seedream --version
mkdir -p "$root/home/user/try/fixtures" "$root/home/user/try/scripts" "$root/home/user/try/formats"
cp -r fixtures/photos "$root/home/user/try/fixtures/"
cp fixtures/formats/{picture.heic,picture.avif,plain.gif,rgb-strips.tiff,rgb24.bmp} "$root/home/user/try/formats/"
cp scripts/demonstrate-edit.sh "$root/home/user/try/scripts/"
inside chown -R user: /home/user
as_user sh -c 'cd ~/try && seedream prep fixtures/photos/* -o prepared' || fail "prep failed"
photos=(fixtures/photos/*)
prepared=("$root"/home/user/try/prepared/*)
[[ ${#prepared[@]} -eq ${#photos[@]} ]] || fail "expected ${#photos[@]} prepared images, found ${#prepared[@]}"
# Libraries that the command loads when an image needs them; decoders of HEIC and AVIF may be libraries that libheif
# loads in turn.
as_user sh -c 'cd ~/try && seedream prep --each formats/* -o converted >/dev/null' || fail "prep cannot read every format"
converted=("$root"/home/user/try/converted/*)
[[ ${#converted[@]} -eq 5 ]] || fail "expected 5 converted images, found ${#converted[@]}"
codecs=$(as_user seedream --version)
[[ "$codecs" == *libheif* && "$codecs" == *libtiff* && "$codecs" != *"not installed"* ]] || fail "a codec is not installed"
# The package only recommends libpq.
refused=$(as_user seedream jobs --ledger postgresql://user@127.0.0.1:1/jobs 2>&1 || true)
[[ "$refused" == *"libpq.so.5 cannot be loaded"*"install libpq5"* ]] || fail "expected a message about libpq, found: $refused"
as_user /home/user/try/scripts/demonstrate-edit.sh /usr/bin/seedream || fail "an edit against the emulator failed"
edited=("$root"/home/user/try/out/edited/*.png)
[[ ${#edited[@]} -eq $((${#photos[@]} + 1)) ]] ||
    fail "expected ${#photos[@]} edited images and a generated one, found ${#edited[@]}"

# What the package brings for others' programs, tried with these programs.
quietly inside apt-get install -y --no-install-recommends man-db bash-completion
[[ "$(inside man -w seedream)" == /usr/share/man/man1/seedream.1.gz ]] || fail "man does not find its page"
inside man seedream | grep -q Seedream || fail "the manual page is empty"
for file in bash-completion/completions/seedream zsh/vendor-completions/_seedream fish/vendor_completions.d/seedream.fish; do
    [[ -s "$root/usr/share/$file" ]] || fail "there is no /usr/share/$file"
done
inside bash -c '. /usr/share/bash-completion/bash_completion && _completion_loader seedream; complete -p seedream' ||
    fail "bash-completion does not load the completions"

quietly inside apt-get purge -y seedream
left=$(named)
[[ -z "$left" ]] || fail "the removed package left ${left//$root/}"
quietly inside apt-get autoremove -y --purge
echo "removed, nothing left"
echo "$(basename "$package"): as it should be"

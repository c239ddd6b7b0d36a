#!/usr/bin/env bash
# Makes a package of the command that `make build` has built, in out/. The same files and commit give the same bytes.
#
#   scripts/package.sh deb [SEEDREAM]       a Debian package for the release that this runs on; needs dpkg-dev
#   scripts/package.sh tarball [SEEDREAM]   a tarball, tried once: unpacked, and run from there; needs dpkg-dev
#
#   SEEDREAM                   the command (default: .build/release/seedream)
#   DEBFULLNAME, DEBEMAIL      the maintainer (default: the author of the last commit)
#   SOURCE_DATE_EPOCH          the time of all files, in seconds (default: that of the last commit)
set -euo pipefail
cd "$(dirname "$0")/.."
umask 022
export LC_ALL=C

fail() {
    echo "error: $1" >&2
    echo "  hint: $2" >&2
    exit 1
}

kind=${1:-}
seedream=${2:-.build/release/seedream}
[[ "$kind" == deb || "$kind" == tarball ]] || fail "expected deb or tarball, found '$kind'" "make deb"
command -v dpkg-shlibdeps >/dev/null || fail "there is no dpkg-shlibdeps" "sudo apt-get install dpkg-dev"
[[ -x "$seedream" ]] || fail "expected the command at $seedream, found no such file" "run \`make build\`"

version=$(sed -n 's/.*static let current = "\(.*\)"/\1/p' Sources/SeedreamModel/SeedreamVersion.swift)
built=$("$seedream" --version | sed -n '1s/^seedream //p')
[[ "$built" == "$version" ]] || fail "expected version $version of $seedream, found $built" "run \`make build\`"
scripts/check-hardening.sh "$seedream"

# shellcheck source=/dev/null
. /etc/os-release
system=${ID/debian/deb}${VERSION_ID:-$VERSION_CODENAME}
glibc=$(getconf GNU_LIBC_VERSION)
epoch=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH=$epoch

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/debian/seedream
mkdir -p "$root/DEBIAN"
scripts/install.sh stage "$root/usr" "$seedream"
scripts/generate-notice >"$root/usr/share/doc/seedream/NOTICE"

# The Debian packages of the libraries that the command links, with the least versions.
printf 'Source: seedream\n\nPackage: seedream\nArchitecture: any\n' >"$work/debian/control"
libraries=$(cd "$work" && dpkg-shlibdeps -O debian/seedream/usr/bin/seedream | sed -n 's/^shlibs:Depends=//p')

# late NAME: the file name of a library that the command loads when it needs it; nothing if it was built without.
late() { { grep -aoE "lib$1\.so\.[0-9]+" "$seedream" || true; } | sort -u; }

# package_of SONAME: the Debian package of a library that is loaded late, which dpkg-shlibdeps does not see, with the
# least version that the package itself states for what is built with it.
package_of() {
    local owner
    owner=$(dpkg-query --search "/usr/lib/$(dpkg-architecture -qDEB_HOST_MULTIARCH)/$1" | cut -d: -f1)
    dpkg-query --control-show "$owner" shlibs |
        awk -v soname="$1" '$1 ".so." $2 == soname { sub(/^[^ ]+ [^ ]+ /, ""); print; exit }'
}

for name in heif tiff; do
    soname=$(late "$name")
    [[ -z "$soname" ]] || libraries+=", $(package_of "$soname")"
done
recommended=
soname=$(late pq)
[[ -z "$soname" ]] || recommended=", $(package_of "$soname")"  # for a ledger in PostgreSQL

# same_time FOLDER: gives all files and folders the time of the commit.
same_time() { find "$1" -exec touch --no-dereference --date="@$epoch" {} +; }

make_deb() {
    local doc=$root/usr/share/doc/seedream revision=$version-1~$system architecture maintainer
    architecture=$(dpkg --print-architecture)
    maintainer="${DEBFULLNAME:-$(git log -1 --format=%an)} <${DEBEMAIL:-$(git log -1 --format=%ae)}>"
    mv "$root/usr/share/zsh/site-functions" "$root/usr/share/zsh/vendor-completions"
    gzip -9n "$root"/usr/share/man/man1/*.1 "$doc/NOTICE"
    rm "$doc/LICENSE"  # Debian has the text in /usr/share/common-licenses
    scripts/generate-notice --debian >"$doc/copyright"
    gzip -9nc CHANGELOG.md >"$doc/changelog.gz"
    gzip -9nc >"$doc/changelog.Debian.gz" <<END
seedream ($revision) $VERSION_CODENAME; urgency=medium

  * Version $version, built on $PRETTY_NAME.

 -- $maintainer  $(date --utc --date="@$epoch" --rfc-email)
END
    mkdir -p "$root/usr/share/lintian/overrides"
    cp packaging/lintian-overrides "$root/usr/share/lintian/overrides/seedream"
    (cd "$root" && find usr -type f | sort | xargs -d '\n' md5sum) >"$root/DEBIAN/md5sums"
    cat >"$root/DEBIAN/control" <<END
Package: seedream
Version: $revision
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du --apparent-size --block-size=1024 --summarize "$root/usr" | cut -f1)
Depends: $libraries
Recommends: ca-certificates, tzdata$recommended
Suggests: bash-completion
Section: graphics
Priority: optional
Description: edit and generate images with ByteDance's Seedream 4
 The command seedream prepares images for a request, sends it to fal, AIML API,
 OneRouter, Apiframe or Ark, and saves the verified results. A valid image is
 not re-encoded, each change is listed, and a request is paid once.
 .
 It also emulates these providers on this machine, without an account or a key.
END
    find "$root" -type d -exec chmod 755 {} +
    find "$root" -type f ! -path '*/bin/*' -exec chmod 644 {} +
    same_time "$root"
    package=out/seedream_${revision}_$architecture.deb
    dpkg-deb --root-owner-group -Zxz --build "$root" "$package" >/dev/null
}

make_tarball() {
    local name tried
    name=seedream-$version-linux-$(uname -m)-${system/deb/debian}
    mv "$root/usr" "$work/$name"
    root=$work/$name
    mv "$root/share/doc/seedream"/{LICENSE,NOTICE,README.md} "$root"
    rmdir -p --ignore-fail-on-non-empty "$root/share/doc/seedream"
    cat >"$root/LIBRARIES" <<END
Built on $PRETTY_NAME, $glibc, for $(uname -m). The Swift runtime is part of the command.

It needs these libraries of the system:

$(readelf --dynamic --wide "$seedream" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/    \1/p' | sort)

It loads these when an image or a ledger needs them:

$(for name in heif tiff pq; do late "$name" | sed 's/^/    /'; done)

On this release of Debian they are in the packages

    ${libraries//, /$'\n'    }${recommended//, /$'\n'    }

The folders bin and share can be copied to /usr/local, or to ~/.local.
END
    same_time "$root"
    package=out/$name.tar.gz
    tar --create --sort=name --owner=0 --group=0 --numeric-owner --format=gnu --directory "$work" "$name" |
        gzip -9n >"$package"
    tried=$work/tried
    mkdir "$tried"
    tar --extract --file "$package" --directory "$tried"
    tried=$tried/$name
    [[ "$("$tried/bin/seedream" --version | head -1)" == "seedream $version" ]] || fail "the command in $package does not run" "see above"
    "$tried/bin/seedream" prep fixtures/photos/* -o "$work/prepared" >/dev/null 2>&1 || fail "the command in $package cannot prepare fixtures/photos" "see above"
}

mkdir -p out
"make_$kind"
echo "$package ($(stat --format=%s "$package") bytes)"

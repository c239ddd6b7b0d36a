#!/usr/bin/env bash
# Installs the missing ones of the system packages that this package needs, and prints their names.
#
#   scripts/install-dependencies.sh            the libraries that the build needs
#   scripts/install-dependencies.sh --tests    also curl, exiftool, transicc, a validator of JSON Schema, mandoc, the shells and PostgreSQL, for the tests
set -euo pipefail

apt_packages=(libjpeg-dev libpng-dev libwebp-dev libzimg-dev liblcms2-dev libgif-dev libheif-dev libisal-dev libtiff-dev libturbojpeg0-dev libssl-dev libsqlite3-dev libpq-dev pkg-config)
brew_packages=(jpeg-turbo libpng webp zimg little-cms2 giflib libheif isa-l libtiff openssl@3 sqlite libpq pkgconf)
if [[ "${1:-}" == --tests ]]; then
    apt_packages+=(curl libimage-exiftool-perl liblcms2-utils python3-jsonschema zsh fish bash-completion mandoc postgresql)
    brew_packages+=(exiftool fish mandoc postgresql@17)
fi

fail() {
    echo "error: $1" >&2
    echo "  hint: $2" >&2
    exit 1
}

is_installed() {
    [[ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]
}

install_with_apt() {
    local missing=() package
    for package in "${apt_packages[@]}"; do
        is_installed "$package" || missing+=("$package")
    done
    if [[ ${#missing[@]} -eq 0 ]]; then
        echo "system packages: all there (${apt_packages[*]})"
        return
    fi
    local as_root=()
    if [[ "$(id -u)" -ne 0 ]]; then
        command -v sudo >/dev/null ||
            fail "not root, and there is no sudo" "as root, run: apt-get install ${missing[*]}"
        as_root=(sudo)
    fi
    echo "installing with apt-get: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq
    if [[ " ${missing[*]} " == *" postgresql "* ]]; then
        # The tests start servers of their own: Debian's package must not make and start one.
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-common >/dev/null
        "${as_root[@]}" sed -ri 's/^#?create_main_cluster .*$/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
    fi
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

install_with_brew() {
    local missing=() package
    for package in "${brew_packages[@]}"; do
        brew list --formula "$package" >/dev/null 2>&1 || missing+=("$package")
    done
    if [[ ${#missing[@]} -eq 0 ]]; then
        echo "system packages: all there (${brew_packages[*]})"
        return
    fi
    echo "installing with brew: ${missing[*]}"
    brew install --quiet "${missing[@]}"
}

command -v swift >/dev/null || fail "there is no swift" "install Swift 6.3 from https://www.swift.org/install"

if command -v apt-get >/dev/null; then
    install_with_apt
elif command -v brew >/dev/null; then
    install_with_brew
else
    fail "found neither apt-get nor brew" "install libjpeg-turbo, libpng, libwebp, zimg, libcrypto (OpenSSL 3) and pkg-config"
fi

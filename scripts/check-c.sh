#!/usr/bin/env bash
# Compiles the C of CodecBridge, with every trait on, and of VectorBase64 with every warning an error. Writes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
check=("$clang" -std=gnu11 -fsyntax-only -Wall -Wextra -Werror)
# shellcheck disable=SC2046
"${check[@]}" -DWITH_FAST_PNG -DWITH_GIF -DWITH_HEIF -DWITH_LOSSLESS_TURN -DWITH_TIFF \
    $(pkg-config --cflags libjpeg libpng libwebpmux libtiff-4 libheif libturbojpeg libisal) \
    -I CModules/CodecBridge/include CModules/CodecBridge/*.c
"${check[@]}" -I CModules/VectorBase64/include CModules/VectorBase64/*.c
echo "C: no warnings"

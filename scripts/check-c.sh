#!/usr/bin/env bash
# Compiles the C targets with every warning an error: CodecBridge and PostgresLibrary with every trait on, VectorPNG with
# and without its trait, VectorBase64, LateLibrary. Writes nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
check=("$clang" -std=gnu11 -fsyntax-only -Wall -Wextra -Werror)
# shellcheck disable=SC2046
"${check[@]}" -DWITH_GIF -DWITH_HEIF -DWITH_LOSSLESS_TURN -DWITH_TIFF \
    $(pkg-config --cflags libjpeg libpng libwebpmux libtiff-4 libheif libturbojpeg) \
    -I CModules/CodecBridge/include -I CModules/VectorPNG/include -I CModules/LateLibrary/include CModules/CodecBridge/*.c
# shellcheck disable=SC2046
"${check[@]}" -DWITH_FAST_PNG $(pkg-config --cflags libisal) -I CModules/VectorPNG/include CModules/VectorPNG/*.c
"${check[@]}" -I CModules/VectorPNG/include CModules/VectorPNG/*.c
"${check[@]}" -I CModules/VectorBase64/include CModules/VectorBase64/*.c
"${check[@]}" -I CModules/LateLibrary/include CModules/LateLibrary/*.c
"${check[@]}" -DWITH_POSTGRES -I CModules/PostgresLibrary/include -I CModules/LateLibrary/include CModules/PostgresLibrary/*.c
echo "C: no warnings"

#!/usr/bin/env bash
# Checks rules of the source tree that the compiler does not. Prints each line that breaks one; exits 1 if any does.
set -euo pipefail
cd "$(dirname "$0")/.."

broken=0

# forbid RULE PATTERN FOLDER... [-- GREP-OPTION...]: no line under the folders may match the extended pattern.
forbid() {
    local rule=$1 pattern=$2 folders=()
    shift 2
    while [[ $# -gt 0 && $1 != -- ]]; do
        folders+=("$1")
        shift
    done
    [[ $# -gt 0 ]] && shift
    local status=0 lines
    lines=$(grep -rnE "$@" -e "$pattern" "${folders[@]}") || status=$?
    [[ $status -le 1 ]] || exit "$status"
    if [[ $status -eq 0 ]]; then
        printf 'error: %s\n%s\n' "$rule" "$lines" >&2
        broken=1
    fi
}

# importing MODULE OWNER...: in Sources, only the targets OWNER import the C module. SwiftPM's own check of the target
# table sees Swift modules only.
importing() {
    local module=$1
    shift
    forbid "only $* imports $module" "import $module($|[^[:alnum:]_])" Sources -- --include='*.swift' \
        "${@/#/--exclude-dir=}"
}

# A jump that starts or ends outside the bridge would cross a Swift frame, which is undefined behaviour. LibpngReport is
# a similar bridge for tests: C code that reports libpng's verdict on a file.
forbid 'jumps stay in CModules/CodecBridge' \
    '(^|[^[:alnum:]_])(_?setjmp|_?longjmp|sigsetjmp|siglongjmp|jmp_buf|png_jmpbuf)([^[:alnum:]_]|$)' \
    Sources Tests CModules -- --exclude-dir=CodecBridge --exclude-dir=LibpngReport
forbid 'libjpeg and libpng are called from CModules/CodecBridge only' \
    '(^|[^[:alnum:]_])(jpeg|png)_[a-z0-9_]+ *\(' \
    Sources Tests CModules -- --exclude-dir=CodecBridge --exclude-dir=LibpngReport

importing CodecBridge ImageCodecs
importing CZimg PixelEngine
importing CLittleCMS PixelEngine
importing CCrypto Cryptography SeedreamEmulator
importing PostgresLibrary SeedreamClient
importing CSQLite SeedreamClient
importing CProcess Platform
importing VectorBase64 SeedreamModel
forbid 'the codecs are reached through CodecBridge' 'import (CJPEG|CPNG|CWebP|CGIF|CHEIF|CISAL|CTIFF|CTurboJPEG|VectorPNG|LateLibrary)($|[^[:alnum:]_])' Sources -- --include='*.swift'
whole=$(grep -rlE '(^|[^[:alnum:]])import ([a-z]+ )?Foundation($|\.)' Sources --include='*.swift' | xargs -r grep -L 'canImport(FoundationEssentials)' || true)
if [[ -n $whole ]]; then
    printf 'error: Foundation brings the tables of ICU; import FoundationEssentials where there is one\n%s\n' "$whole" >&2
    broken=1
fi
forbid 'no C module is part of the API' 'public import C[A-Z]' Sources -- --include='*.swift'

# Platform's functions take paths as text without loss; the C library's own functions take the UTF-8 of the text.
calls='(^|[^[:alnum:]_.])(open|opendir|access|mkdir|rename|link|unlink)\([a-zA-Z"]'
raw=$(grep -rlE "$calls" Sources --include='*.swift' --exclude-dir=Platform --exclude-dir=SeedreamEmulator |
    xargs grep -lE 'import (Glibc|Foundation)' | xargs grep -L 'import Platform' || true)
forbid 'fileStatus takes paths as text' '(^|[^[:alnum:]_.])l?stat\([a-zA-Z"]' Sources -- --include='*.swift' --exclude=SystemCalls.swift
if [[ -n $raw ]]; then
    printf 'error: calls that take a path are those of Platform\n%s\n' "$raw" >&2
    broken=1
fi

# The library is used without the command, so its messages name settings (Remedy), never an option or a subcommand. The
# search covers text literals; comment lines may name options, curl's for instance. ReportStyle holds names of CSS.
named=$(grep -rnE '(^|[^[:alnum:]-])--[a-z]|`-[[:alnum:]]|(^|[^[:alnum:]_])seedream (batch|cancel|edit|emulate|generate|inspect|jobs|prep|providers|report|result|resume|runs|status|worker)([^[:alnum:]]|$)' \
    Sources/{Pixels,PixelEngine,Platform,ImageCodecs,SeedreamModel,ImagePreparation,SeedreamClient,SeedreamKit} --include='*.swift' --exclude=ReportStyle.swift |
    grep -vE '^[^:]+:[0-9]+:[[:space:]]*//' || true)
if [[ -n $named ]]; then
    printf 'error: nothing below the command names its options or subcommands; say it with Remedy\n%s\n' "$named" >&2
    broken=1
fi

# File names with control characters are written by tests only, in temporary folders.
odd=$(git ls-files 2>/dev/null | grep -vE '^[A-Za-z0-9_./+@-]+$' || true)
if [[ -n $odd ]]; then
    printf 'error: a file of the project has a plain name\n%s\n' "$odd" >&2
    broken=1
fi

forbid 'tests use Swift Testing, and the package access level' '@testable|import XCTest' Tests -- --include='*.swift'

# Each module of a library product has a DocC catalogue with a landing page and an article to start with.
products=$(sed -n '/products: \[/,/\.executable/p' Package.swift | grep -oE '"[A-Z][A-Za-z]+"' | tr -d '"' | sort -u)
for module in ${products:?expected library products in Package.swift}; do
    for page in "$module" GettingStarted; do
        if [[ ! -f Sources/$module/Documentation.docc/$page.md ]]; then
            echo "error: a public module has a catalogue; expected Sources/$module/Documentation.docc/$page.md" >&2
            broken=1
        fi
    done
done

# The folders of a target import one way.
scripts/check-folders.sh || broken=1
scripts/check-comments.sh || broken=1

if [[ $broken -eq 0 ]]; then echo "structure: as it should be"; fi
exit "$broken"

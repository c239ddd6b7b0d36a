#!/usr/bin/env bash
# Measures `seedream prep` beside vipsthumbnail and jpegtran doing the same work, and prints a Markdown table.
#
#   benchmarks/run.sh [--write] [--runs N] [--seedream PATH]
#   benchmarks/run.sh --check-deps
#
# --write puts the table into README.md, between its markers. Inputs are made once, always the same, from
# fixtures/photos into benchmarks/.work (2 GB while they are made).
set -euo pipefail
cd "$(dirname "$0")/.."

work=benchmarks/.work
inputs=$work/inputs

usage() { sed -n '2,/^[^#]/s/^# \{0,1\}//p' benchmarks/run.sh; }

check_deps() {
    local missing=() tool
    for tool in vips vipsthumbnail; do
        command -v "$tool" >/dev/null || { missing+=(libvips-tools); break; }
    done
    for tool in cjpeg jpegtran; do
        command -v "$tool" >/dev/null || { missing+=(libjpeg-turbo-progs); break; }
    done
    command -v python3 >/dev/null || missing+=(python3)
    if [[ ${#missing[@]} -gt 0 ]]; then
        echo "error: the benchmark needs ${missing[*]}; on Debian: apt-get install ${missing[*]}" >&2
        return 1
    fi
}

# made FILE COMMAND...: runs the command, which writes $out, unless the file is there. Never leaves half a file.
made() {
    local file=$inputs/$1
    shift
    [[ -e $file ]] && return
    # The extension stays last: vips tells the format by it.
    out=$inputs/.part-$(basename "$file")
    echo "making $file" >&2
    "$@"
    mv "$out" "$file"
}

# Four photographs and some of them mirrored, side by side: 5558x300. Nothing in a row repeats, so that a PNG of it is
# compressed like a photograph.
strip() {
    local parts=$inputs/.parts name part joined=
    mkdir -p "$parts"
    for name in rocket.jpg coffee.png chelsea.png dandelion.jpg; do
        vips crop "fixtures/photos/$name" "$parts/$name.v" 0 0 "$(vipsheader -f width "fixtures/photos/$name")" 300
        vips flip "$parts/$name.v" "$parts/$name-mirrored.v" horizontal
    done
    vips flip "$parts/rocket.jpg.v" "$parts/rocket.jpg-inverted.v" vertical
    for part in rocket.jpg coffee.png chelsea.png dandelion.jpg rocket.jpg-mirrored coffee.png-mirrored \
        chelsea.png-mirrored rocket.jpg-inverted; do
        if [[ -z $joined ]]; then
            joined=$parts/$part.v
        else
            vips join "$joined" "$parts/$part.v" "$parts/until-$part.v" horizontal
            joined=$parts/until-$part.v
        fi
    done
    mv "$joined" "$out"
    rm -r "$parts"
}
tiled() { # COLUMNS ROWS WIDTH HEIGHT, to .cut.v
    vips replicate "$inputs/strip.v" "$inputs/.whole.v" "$1" "$2"
    vips crop "$inputs/.whole.v" "$inputs/.cut.v" 0 0 "$3" "$4"
    rm "$inputs/.whole.v"
}
picture() {
    tiled 1 14 5216 3912
    vips copy "$inputs/.cut.v" "$out"
    rm "$inputs/.cut.v"
}
baseline() { cjpeg -quality 90 -sample 2x1 -outfile "$out" "$inputs/picture.ppm"; }
progressive() { cjpeg -quality 90 -sample 2x2 -progressive -outfile "$out" "$inputs/picture.ppm"; }
png() { vips pngsave "$inputs/picture.ppm" "$out" --compression 6 --strip; }
webp() { vips webpsave "$inputs/picture.ppm" "$out" --Q 90 --strip; }
large() {
    tiled 3 54 16000 16000
    vips jpegsave "$inputs/.cut.v" "$out" --Q 90 --subsample-mode on --strip
    rm "$inputs/.cut.v"
}

make_inputs() {
    mkdir -p "$inputs"
    made strip.v strip
    made picture.ppm picture
    made 20mp-422.jpg baseline
    made 20mp-420-progressive.jpg progressive
    made 20mp.png png
    made 20mp.webp webp
    made 256mp-420.jpg large
}

seedream=.build/release/seedream
arguments=()
while [[ $# -gt 0 ]]; do
    case $1 in
        --check-deps) check_deps && echo "everything that the benchmark needs is here" && exit 0 || exit 1 ;;
        --write) arguments+=(--write README.md) ;;
        --runs | --seedream)
            [[ $# -gt 1 ]] || { echo "error: $1 needs a value" >&2; exit 64; }
            if [[ $1 == --runs ]]; then arguments+=(--runs "$2"); else seedream=$2; fi
            shift ;;
        -h | --help) usage && exit 0 ;;
        *) echo "error: unknown option '$1'" >&2; usage >&2; exit 64 ;;
    esac
    shift
done

check_deps
if [[ ! -x $seedream ]]; then
    echo "error: $seedream is not built; run 'make benchmark', or 'make build' first" >&2
    exit 1
fi
make_inputs
exec python3 benchmarks/measure.py --seedream "$seedream" --inputs "$inputs" --work "$work" "${arguments[@]}"

#!/usr/bin/env bash
# Checks that the folders of a target import one way: code in a folder names only types of its own folder and of those
# before it in the table. Prints each line that names a type of a later folder; exits 1 if any does.
#
# It compares the names of top-level types. It does not see members in extensions, so a later folder may extend a type
# of an earlier one. A name that several folders declare is skipped and counted.
set -euo pipefail
cd "$(dirname "$0")/.."

exec python3 - "$@" <<'PYTHON'
import pathlib
import re
import sys

# The folders of each target, lowest first; "." holds the files that are in no folder.
ORDER = {
    "Platform": ". Threads Files Process",
    "PixelEngine": ". Planes Color Resampling Stream",
    "SeedreamModel": ". Text Encoding Images Errors Requests Models",
    "ImageCodecs": ". Input Probe Rows JPEG PNG WebP BMP GIF TIFF HEIF Formats",
    "ImagePreparation": "Inputs Plan Execution Batch Report .",
    "SeedreamEmulator": "Support Faults Exchange Settings Files Images Jobs Records Providers Server .",
    "SeedreamCommand": "Output Options Configuration Outcomes Schema Requests Worker Commands",
    "SeedreamClient": "Keys Retry Transport Requests Jobs Providers Ledger Results Webhooks Client",
    "SeedreamKit": "Session Run Manifest Report .",
}

KINDS = r"(?:struct|class|enum|actor|protocol|typealias)"
# A declaration with its attributes and modifiers: indentation, modifiers, name.
DECLARATION = re.compile(rf"^([ \t]*)((?:@\w+(?:\([^)\n]*\))?\s+|[a-z]+(?:\([a-z]+\))? )*){KINDS} (\w+)", re.M)
# A capitalized name that is not a member of something else.
USE = re.compile(r"(?<![.\w])[A-Z]\w*")
# A line without types of the target: an import, or a condition of the compiler.
OUTSIDE = re.compile(r"^[ \t]*(?:(?:@?\w+ )*import |#(?:if|elseif|else|endif)\b).*$", re.M)
TOKEN = re.compile(r'//|/\*|#*"""|#*"|[()]')


def code(text):
    """The text without comments and string literals. Interpolations and line breaks stay."""
    out = []

    def comment(at):
        depth = 1
        while depth and at < len(text):
            mark = re.compile(r"/\*|\*/").search(text, at)
            if mark is None:
                return len(text)
            depth += 1 if mark[0] == "/*" else -1
            at = mark.end()
        return at

    def literal(at, quote):
        hashes = "#" * quote.count("#")
        quotes = quote.lstrip("#")
        marks = rf'\\{hashes}\(|\\{hashes}.|{quotes}{hashes}' + ("" if len(quotes) == 3 else r"|\n")
        while mark := re.compile(marks, re.S).search(text, at):
            out.append("\n" * text.count("\n", at, mark.end()))
            at = mark.end()
            if mark[0].endswith("(") and mark[0].startswith("\\"):
                out.append(" ")
                at = scan(at, inside=True)
            elif not mark[0].startswith("\\"):
                break
        return at if mark else len(text)

    def scan(at, inside):
        depth = 0
        while token := TOKEN.search(text, at):
            out.append(text[at:token.start()])
            at = token.end()
            if token[0] == "//":
                at = text.find("\n", at) if "\n" in text[at:] else len(text)
            elif token[0] == "/*":
                end = comment(at)
                out.append("\n" * text.count("\n", at, end))
                at = end
            elif token[0] in "()":
                out.append(token[0])
                depth += 1 if token[0] == "(" else -1
                if inside and depth < 0:
                    return at
            else:
                at = literal(at, token[0])
        out.append(text[at:])
        return len(text)

    scan(0, inside=False)
    return "".join(out)


broken = 0
skipped = set()


def error(line):
    global broken
    broken += 1
    print(f"error: {line}", file=sys.stderr)


for target, order in ORDER.items():
    root = pathlib.Path("Sources", target)
    rank = {folder: number for number, folder in enumerate(order.split())}
    files = []  # (folder, path, code)
    for path in sorted(root.rglob("*.swift")):
        folder = path.relative_to(root).parts[0] if path.parent != root else "."
        if folder not in rank:
            error(f"{path}: scripts/check-folders.sh gives no place to folder '{folder}' of {target}")
            continue
        files.append((folder, path, OUTSIDE.sub("", code(path.read_text()))))
    for folder in rank.keys() - {folder for folder, _, _ in files}:
        error(f"scripts/check-folders.sh names folder '{folder}' of {target}, which holds no Swift file")

    owners = {}  # name -> folders with such a type at the top level, private ones left out
    local = {}  # folder -> every name declared in it, nested and private ones included
    for folder, _, text in files:
        for indent, modifiers, name in DECLARATION.findall(text):
            local.setdefault(folder, set()).add(name)
            if not indent and "private" not in modifiers:
                owners.setdefault(name, set()).add(folder)
    skipped |= {f"{target}.{name}" for name, folders in owners.items() if len(folders) > 1}

    for folder, path, text in files:
        for number, line in enumerate(text.split("\n"), 1):
            for name in sorted(set(USE.findall(line)) - local.get(folder, set())):
                owner = owners.get(name, set())
                if len(owner) == 1 and (other := next(iter(owner))) and rank[other] > rank[folder]:
                    error(f"{path}:{number}: {folder} comes before {other}, and uses its {name}")

if not broken:
    print(f"folders: one way in {len(ORDER)} targets ({len(skipped)} names in several folders skipped)")
sys.exit(1 if broken else 0)
PYTHON

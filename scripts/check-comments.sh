#!/usr/bin/env bash
# Checks comments: no line of one is over 100 columns (the formatter does not wrap comments), none uses a phrase that
# CONTRIBUTING.md rules out, and each document that one cites is in the repository. Prints each line that breaks a rule;
# exits 1 if any does.
set -euo pipefail
cd "$(dirname "$0")/.."

exec python3 - <<'PYTHON'
import pathlib
import re
import subprocess
import sys

LONGEST = 100
COMMENT = re.compile(r"\s*(///?|/\*|\*(?!\w))")
PHRASES = re.compile(
    r"\b(whoever|whatever|nobody|shall|stands in|lies beside|so many|by itself|lets go|could not be had"
    r"|is none)\b", re.I)
DOCUMENT = re.compile(r"(?<![\w./-])[\w./-]+\.md\b")

tracked = subprocess.run(["git", "ls-files"], check=True, capture_output=True, text=True).stdout.splitlines()
names = {pathlib.PurePath(path).name for path in tracked}
broken = 0


def error(path, number, rule, text):
    global broken
    broken += 1
    print(f"error: {path}:{number}: {rule}: {text.strip()}", file=sys.stderr)


for path in tracked:
    is_code = path.endswith((".swift", ".c", ".h"))
    if not is_code and not path.endswith(".md") or path == "CONTRIBUTING.md":
        continue  # CONTRIBUTING.md lists the phrases.
    for number, line in enumerate(pathlib.Path(path).read_text(errors="replace").splitlines(), 1):
        is_comment = bool(COMMENT.match(line))
        if is_code and is_comment and len(line) > LONGEST:
            error(path, number, f"a comment line has at most {LONGEST} columns, found {len(line)}", line)
        if (is_comment or not is_code) and (phrase := PHRASES.search(line)):
            error(path, number, f"plain English instead of '{phrase[0]}' (CONTRIBUTING.md, English)", line)
        if is_code and is_comment:
            for document in DOCUMENT.findall(line):
                if "//" not in line.split(document)[0][-3:] and pathlib.PurePath(document).name not in names:
                    error(path, number, f"no such document in the repository: {document}", line)

if not broken:
    print(f"comments: as they should be in {sum(path.endswith(('.swift', '.c', '.h')) for path in tracked)} files")
sys.exit(1 if broken else 0)
PYTHON

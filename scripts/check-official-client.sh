#!/usr/bin/env bash
# Runs fal's official Python client, unmodified, against the emulator, in a virtual environment of its own.
#
#   scripts/check-official-client.sh [SEEDREAM]   the command, built with the trait Emulator; built here without it
set -euo pipefail
cd "$(dirname "$0")/.."

command=${1:-}
if [[ -z "$command" ]]; then
    # shellcheck disable=SC2086
    swift build --product seedream --enable-all-traits ${SWIFT_FLAGS:-}
    command=.build/debug/seedream
fi

environment=.build/official-client
if [[ ! -x $environment/bin/python ]]; then
    python3 -m venv "$environment" || {
        echo "error: python3 cannot make a virtual environment" >&2
        echo "  hint: install python3-venv" >&2
        exit 1
    }
fi
"$environment/bin/pip" install --quiet --disable-pip-version-check --requirement Tests/OfficialClient/requirements.txt
exec "$environment/bin/python" Tests/OfficialClient/fal_client_check.py "$command"

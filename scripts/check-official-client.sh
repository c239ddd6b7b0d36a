#!/usr/bin/env bash
# Runs fal's official Python client, unmodified, against the emulator, in a separate virtual environment.
#
#   scripts/check-official-client.sh [SEEDREAM]   the command, built with the trait Emulator (default: builds it)
set -euo pipefail
cd "$(dirname "$0")/.."

command=${1:-}
if [[ -z "$command" ]]; then
    # shellcheck disable=SC2086
    swift build --product seedream --enable-all-traits ${SWIFT_FLAGS:-}
    command=.build/debug/seedream
fi

if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    echo "installing with apt-get: python3-venv" >&2
    as_root=()
    [[ "$(id -u)" -eq 0 ]] || as_root=(sudo)
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-venv >/dev/null
fi
environment=.build/official-client
[[ -x $environment/bin/python ]] || python3 -m venv "$environment"
"$environment/bin/python" -m pip install --quiet --disable-pip-version-check --requirement Tests/OfficialClient/requirements.txt
exec "$environment/bin/python" Tests/OfficialClient/fal_client_check.py "$command"

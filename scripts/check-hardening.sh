#!/usr/bin/env bash
# Checks that a release build has the hardening that scripts/release-flags requests, and no ICU. Linux only; needs
# readelf.
#
#   scripts/check-hardening.sh SEEDREAM
set -euo pipefail
[[ "$(uname)" == Linux ]] || { echo "hardening: checked on Linux only"; exit 0; }
program=$1
broken=0
expect() { grep -q "$3" <<<"$(readelf "$2" --wide "$program")" || { echo "error: $program: $1" >&2; broken=1; }; }
expect "symbols are not bound at start (BIND_NOW)" --dynamic 'BIND_NOW'
expect "the relocation table stays writable (GNU_RELRO)" --program-headers 'GNU_RELRO'
expect "it is not position-independent" --dynamic 'PIE'
expect "C has no stack protectors" --dyn-syms '__stack_chk_fail'
expect "C is not fortified" --dyn-syms '_chk@'
if readelf --dynamic --wide "$program" | grep -E 'R(UN)?PATH.*\$ORIGIN'; then
    echo "error: $program: looks for libraries beside itself" >&2
    broken=1
fi
if readelf --program-headers --wide "$program" | grep -E 'GNU_STACK.*RWE'; then
    echo "error: $program: its stack is executable" >&2
    broken=1
fi
# One reference to Foundation beyond FoundationEssentials, in any package, would link 38 MB of ICU.
if grep -aq 'icudt' "$program"; then
    echo "error: $program: contains ICU" >&2
    broken=1
fi
[[ $broken -eq 0 ]] && echo "hardening: as asked for"
exit "$broken"

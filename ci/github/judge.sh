#!/usr/bin/env bash
# Judges the server and leaves verdict and exit code as outputs; the last step of the action ends with that code.
set -euo pipefail
read_verdict='
import json, os, sys
verdict = json.load(open(sys.argv[1]))["verdict"] if os.path.isfile(sys.argv[1]) else ""
print(verdict if verdict in ("conformant", "nonconformant", "incomplete") else "")
'
config="${INPUT_CONFIG:-conformance.toml}"
if [ -n "${INPUT_WAIVERS:-}" ]; then
    # Beside the configuration, so that its relative paths stay true.
    # Under a name that nobody could have put a link under.
    joined=$(mktemp "$(dirname "$config")/.conformance-with-waivers.XXXXXXXXXX")
    trap 'rm -f "$joined"' EXIT
    { cat -- "$config"; echo; cat -- "$INPUT_WAIVERS"; } >"$joined"
    config="$joined"
fi
arguments=(--config "$config" --effort "${INPUT_EFFORT:-standard}" --report-dir "${INPUT_REPORT_DIR:-osia-report}")
[ -z "${INPUT_URL:-}" ] || arguments+=(--url "$INPUT_URL")
[ -z "${INPUT_VERSION:-}" ] || arguments+=(--interface-version "$INPUT_VERSION")
code=0
osia-conformance run "${arguments[@]}" || code=$?
results="${INPUT_REPORT_DIR:-osia-report}/results.json"
verdict=""
# Only what this run wrote, only the words that there are, and no module of the working directory: outputs are lines,
# and a report that lay there before could say more of them.
case "$code" in
0 | 1 | 2 | 130) verdict=$(python3 -I -c "$read_verdict" "$results") ;;
esac
{
    echo "verdict=$verdict"
    echo "exit-code=$code"
} >>"${GITHUB_OUTPUT:-/dev/stdout}"

#!/usr/bin/env bash
# Judges the server and leaves verdict and exit code as outputs; the last step of the action ends with that code.
set -euo pipefail
config="${INPUT_CONFIG:-conformance.toml}"
if [ -n "${INPUT_WAIVERS:-}" ]; then
    # Beside the configuration, so that its relative paths stay true.
    joined="$(dirname "$config")/.conformance-with-waivers.$$.toml"
    trap 'rm -f "$joined"' EXIT
    { cat "$config"; echo; cat "$INPUT_WAIVERS"; } >"$joined"
    config="$joined"
fi
arguments=(--config "$config" --effort "${INPUT_EFFORT:-standard}" --report-dir "${INPUT_REPORT_DIR:-osia-report}")
[ -z "${INPUT_URL:-}" ] || arguments+=(--url "$INPUT_URL")
[ -z "${INPUT_VERSION:-}" ] || arguments+=(--interface-version "$INPUT_VERSION")
code=0
osia-conformance run "${arguments[@]}" || code=$?
results="${INPUT_REPORT_DIR:-osia-report}/results.json"
verdict=""
[ ! -f "$results" ] || verdict=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["verdict"])' "$results")
{
    echo "exit-code=$code"
    echo "verdict=$verdict"
} >>"${GITHUB_OUTPUT:-/dev/stdout}"

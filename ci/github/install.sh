#!/usr/bin/env bash
# Installs the suite of this checkout, with exactly the packages of its lock, into an environment of its own.
set -euo pipefail
place="${RUNNER_TEMP:-/tmp}/osia-conformance"
source="${GITHUB_ACTION_PATH:-$(cd "$(dirname "$0")/../.." && pwd)}"
# Isolated: no module of the working directory is imported.
python3 -I -m venv "$place"
"$place/bin/pip" install --quiet --require-hashes -r "$source/requirements.lock"
"$place/bin/pip" install --quiet --no-deps "$source"
echo "$place/bin" >>"${GITHUB_PATH:-/dev/null}"

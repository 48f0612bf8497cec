#!/usr/bin/env bash
# Compares the report with that of the base branch, in the job's summary and, on a pull request, in a comment.
set -euo pipefail
text=$(osia-conformance compare "$INPUT_BASE_REPORT" "${INPUT_REPORT_DIR:-osia-report}" --format markdown) || true
printf '%s\n' "$text" >>"${GITHUB_STEP_SUMMARY:-/dev/stdout}"
if [ "${GITHUB_EVENT_NAME:-}" = pull_request ] && command -v gh >/dev/null && [ -n "${GH_TOKEN:-}" ]; then
    number=$(python3 -I -c 'import json, os; print(json.load(open(os.environ["GITHUB_EVENT_PATH"]))["number"])')
    printf '%s\n' "$text" | gh pr comment "$number" --body-file -
fi

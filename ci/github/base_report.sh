#!/usr/bin/env bash
# Names the report to compare with: the one that the job names, or the artifact of the last finished run of this workflow
# on the base branch of a pull request. Where there is none, the later step compares with nothing.
set -euo pipefail
place=${INPUT_BASE_REPORT:-}
if [ -z "$place" ] && [ -n "${GITHUB_BASE_REF:-}" ] && [ -n "${GH_TOKEN:-}" ] && command -v gh >/dev/null; then
    # A run that ended nonconformant has failed, and has a report all the same.
    run=$(gh run list --workflow "$GITHUB_WORKFLOW" --branch "$GITHUB_BASE_REF" --status completed --limit 1 \
        --json databaseId --jq '.[].databaseId') || run=""
    fetched=$(mktemp -d)
    if [ -n "$run" ] && gh run download "$run" --name osia-conformance-report --dir "$fetched"; then
        place=$fetched
    else
        echo "No report of $GITHUB_BASE_REF was found, so this one is compared with nothing." >&2
    fi
fi
echo "report=$place" >>"$GITHUB_OUTPUT"

#!/usr/bin/env bash
# Annotates what the document breaks for clients of its base, and writes it into the summary.
#
# DOCUMENT, FAIL_ON, BASE: as the inputs of the action. RUNNER_TEMP, GITHUB_STEP_SUMMARY,
# GITHUB_OUTPUT and, in pull requests, GITHUB_BASE_REF: given by GitHub.
set -euo pipefail

asyncgen="$RUNNER_TEMP/asyncgen/bin/asyncgen"

if [ -n "$BASE" ]; then
    base=$BASE
elif [ -n "${GITHUB_BASE_REF:-}" ]; then
    # A checkout has one commit of one branch, if it was not asked for more.
    base="refs/remotes/origin/$GITHUB_BASE_REF"
    git fetch --quiet --no-tags --depth=1 origin "+refs/heads/$GITHUB_BASE_REF:$base"
else
    echo "This is no pull request, and there is no \`base\` to compare with."
    exit 0
fi

old="git:$base:./$DOCUMENT"
if git rev-parse --verify --quiet --end-of-options "$base^{commit}" > /dev/null &&
    ! git cat-file -e "$base:./$DOCUMENT" 2> /dev/null; then
    echo "The document is new."
    printf '✅ The document is new.\n\n' >> "$GITHUB_STEP_SUMMARY"
    exit 0
fi

sides=(-- "$old" "$DOCUMENT")
"$asyncgen" diff --format github --fail-on never "${sides[@]}"
"$asyncgen" diff --format markdown --fail-on never "${sides[@]}" >> "$GITHUB_STEP_SUMMARY"
verdict=$("$asyncgen" diff --format json --fail-on never "${sides[@]}" |
    awk -F'"' '/^  "verdict"/ { print $4 }')
printf 'verdict=%s\n' "$verdict" >> "$GITHUB_OUTPUT"
"$asyncgen" diff --fail-on "$FAIL_ON" "${sides[@]}"

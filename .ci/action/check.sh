#!/usr/bin/env bash
# Annotates what is wrong with the document, and where the project is not what it gives.
#
# DOCUMENT, OUTPUT: as the inputs of the action. RUNNER_TEMP, GITHUB_STEP_SUMMARY: given by GitHub.
set -euo pipefail

asyncgen="$RUNNER_TEMP/asyncgen/bin/asyncgen"

if [ -n "$OUTPUT" ]; then
    check=("$asyncgen" scaffold --output "$OUTPUT" --check --format github -- "$DOCUMENT")
    fine="✅ The project is what the document gives."
    wrong="❌ The project is not what the document gives, or the document is wrong: see the annotations."
else
    check=("$asyncgen" validate --format github -- "$DOCUMENT")
    fine="✅ The document is valid."
    wrong="❌ The document is not valid: see the annotations."
fi

if "${check[@]}"; then
    printf '%s\n\n' "$fine" >> "$GITHUB_STEP_SUMMARY"
else
    printf '%s\n\n' "$wrong" >> "$GITHUB_STEP_SUMMARY"
    exit 1
fi

#!/usr/bin/env bash
# Merges newer templates into the working tree, and writes the text of the pull request that proposes it.
#
#   scripts/update-scaffold.sh BODY_FILE
#
# SCAFFOLD_IMAGE names the image to go to, which becomes the recorded one.
# Prints one word: current (there is nothing to do), updated, or conflicts (places that a person must decide). Exit status
# 2 when the repository could not be updated.
set -euo pipefail
cd "$(dirname "$0")/.."

body="${1:?usage: scripts/update-scaffold.sh BODY_FILE}"
said="$(mktemp)"
trap 'rm -f "$said"' EXIT

# What the program says goes to stderr, and stays in a file until it is called again.
scaffold() {
  local code=0
  scripts/scaffold.sh "$@" > "$said" 2>&1 || code=$?
  cat "$said" >&2
  if ((code > 1)); then
    echo "scaffold $1 ended with status $code; nothing is proposed" >&2
    exit 2
  fi
  return "$code"
}

answers=()
if [[ -n "${SCAFFOLD_IMAGE-}" ]]; then
  answers=(--set "update_image=$SCAFFOLD_IMAGE")
fi

if scaffold status --exit-code "${answers[@]}"; then
  echo current
  exit 0
fi

scaffold update --dry-run "${answers[@]}" || true
{
  echo "The templates of this repository have changed. \`scaffold update\` merged them with the edits made here:"
  echo "[how that works](https://github.com/acme/shop/blob/main/docs/updating.md)."
  echo
  echo "~~~~~~~~~~text"
  # GitHub takes at most 65,536 characters.
  awk '{ size += length($0) + 1 } size > 50000 { print "(shortened)"; exit } { print }' "$said"
  echo "~~~~~~~~~~"
} > "$body"

if scaffold update --yes "${answers[@]}"; then
  echo updated
  exit 0
fi
# shellcheck disable=SC2016 # the quotes are Markdown's
{
  echo
  echo "**A person must decide in these files**, on this branch, before the request can leave its draft:"
  echo
  { git grep --untracked --files-with-matches '^<<<<<<< yours' -- ':(exclude).scaffold' || true; } \
    | sed 's/.*/- `&`: between `<<<<<<< yours` and `>>>>>>>`/'
  git ls-files --others --exclude-standard -- '*.scaffold-new' \
    | sed 's/.*/- `&`: the new version of a file that cannot be merged; take over what you want, then delete it/'
} >> "$body"
echo conflicts

#!/usr/bin/env bash
# Every alert has a page and links it, and every page of an alert has its alert. Whoever is woken up finds the page.
set -euo pipefail
cd "$(dirname "$0")/../.."

failed=0
problem() {
  echo "error: $1" >&2
  failed=1
}

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# "alert page" of every alert in the manifests; page is the file that runbook_url ends with, or "none".
grep --recursive --files-with-matches --include='*.yaml' '^ *- alert:' k8s | sort | while IFS= read -r file; do
  awk '
    function flush() { if (alert != "") print alert, page; alert = ""; page = "none" }
    / - alert: / { flush(); alert = $NF }
    / runbook_url: / { page = $NF; gsub(/["\047]/, "", page); sub(/.*\/blob\/main\//, "", page) }
    END { flush() }
  ' "$file"
done > "$work/alerts"

if [[ ! -s "$work/alerts" ]]; then
  problem "no alert found below k8s/"
fi
while read -r alert page; do
  if [[ "$page" != "docs/runbooks/$alert.md" ]]; then
    problem "the alert $alert links $page, not docs/runbooks/$alert.md"
  elif [[ ! -f "$page" ]]; then
    problem "the alert $alert has no page $page"
  fi
done < "$work/alerts"

# Pages of alerts are named like alerts, with a capital letter; procedures are not. README.md lists both.
for page in docs/runbooks/*.md; do
  name="$(basename "$page" .md)"
  if [[ "$name" == README ]]; then
    continue
  fi
  if [[ "$name" =~ ^[A-Z] ]] && ! grep --quiet "^$name " "$work/alerts"; then
    problem "$page is about an alert that does not exist"
  fi
  if ! grep --quiet --fixed-strings "($name.md)" docs/runbooks/README.md; then
    problem "$page is not listed in docs/runbooks/README.md"
  fi
done

if [[ $failed -ne 0 ]]; then
  exit 1
fi
echo "$(wc -l < "$work/alerts" | tr -d ' ') alerts, each with its page"

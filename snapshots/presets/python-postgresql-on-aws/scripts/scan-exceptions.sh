#!/usr/bin/env bash
# Prints scan-exceptions.txt as a configuration of grype, the scanner. Grype knows no end of an exception, so this script fails
# when one is over, and when a line lacks its id, its last day or its reason.
#
#   scripts/scan-exceptions.sh > grype.yaml
set -euo pipefail
cd "$(dirname "$0")/.."

file=scan-exceptions.txt
if [[ ! -f "$file" ]]; then
  echo "ignore: []"
  exit 0
fi

number=0
failed=0
problem() {
  echo "error: $file, line $number: $1" >&2
  failed=1
}

today="$(date -u +%Y-%m-%d)"
rules=""
while read -r id until reason || [[ -n "$id" ]]; do
  number=$((number + 1))
  reason="${reason%$'\r'}"
  if [[ -z "${id%$'\r'}" || "$id" == "#"* ]]; then continue; fi
  if [[ ! "$id" =~ ^(CVE-[0-9]{4}-[0-9]{4,}|GHSA(-[0-9a-z]{4}){3})$ ]]; then
    problem "$id is not the id of a vulnerability, such as CVE-2026-12345 or GHSA-xxxx-xxxx-xxxx"
  elif [[ ! "$until" =~ ^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$ ]]; then
    problem "the exception of $id has no last day: write it as YYYY-MM-DD after the id"
  elif [[ -z "$reason" ]]; then
    problem "the exception of $id has no reason: write it after the day"
  elif [[ "$until" < "$today" ]]; then
    problem "the exception of $id ended on $until: raise the package and remove the line, or review it and write a new day"
  fi
  # A finding may carry the id of GitHub instead of the CVE, or the other way round.
  rules+="  - vulnerability: $id
    include-aliases: true
    reason: 'until $until: ${reason//\'/\'\'}'
"
done < "$file"

if [[ "$failed" -ne 0 ]]; then exit 1; fi
if [[ -z "$rules" ]]; then
  echo "ignore: []"
else
  printf 'ignore:\n%s' "$rules"
fi

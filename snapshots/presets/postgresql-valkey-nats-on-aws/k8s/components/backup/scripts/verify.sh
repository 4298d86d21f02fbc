#!/usr/bin/env bash
# Tests the archive before it counts as a backup: it is unpacked again, pg_restore reads every file in it to the end, and
# holds each table that was counted. Its checksum and manifest are written last. That every row comes back is what the
# restore drill proves.
set -euo pipefail

work="${WORK:-/work}"

fail() {
  echo "verify: $1" >&2
  exit 1
}

umask 077
[ -s "$work/dump.tar" ] || fail "there is no archive, or it is empty"
for file in started_at finished_at server_version tools_version; do
  [ -s "$work/$file" ] || fail "$file is missing or empty"
done

rm -rf "$work/trial"
mkdir "$work/trial"
tar --extract --file="$work/dump.tar" --directory="$work/trial" || fail "the archive is damaged"
[ -s "$work/trial/dump/roles.sql" ] || fail "the archive has no roles"
pg_restore --file=/dev/null "$work/trial/dump/data" || fail "pg_restore does not accept the archive"
held="$(pg_restore --list "$work/trial/dump/data" | grep -c ' TABLE DATA ' || true)"
counted="$(wc -l < "$work/inventory")"
[ "$held" -ge "$counted" ] || fail "the archive holds $held tables, $counted were counted"
rm -rf "$work/trial"

(cd "$work" && sha256sum dump.tar > dump.tar.sha256)
rows="$(sed -n 's/.*: {"rows": \([0-9]*\), .*/\1/p' "$work/inventory" | awk '{ rows += $1 } END { printf "%.0f", rows }')"
started_at="$(cat "$work/started_at")"
{
  printf '{\n  "format": 1,\n'
  printf '  "environment": "%s",\n' "${ENVIRONMENT:?is not set}"
  printf '  "backup": "%s",\n' "$(date -u -d "$started_at" +%Y%m%dT%H%M%SZ)"
  printf '  "started_at": "%s",\n  "finished_at": "%s",\n' "$started_at" "$(cat "$work/finished_at")"
  # Everything that was committed before this moment is in the archive, and nothing after it.
  printf '  "recovery_point": "%s",\n' "$started_at"
  printf '  "bytes": %s,\n' "$(stat -c %s "$work/dump.tar")"
  printf '  "sha256": "%s",\n' "$(cut -d ' ' -f 1 "$work/dump.tar.sha256")"
  printf '  "server_version": "%s",\n  "tools_version": "%s",\n' "$(cat "$work/server_version")" "$(cat "$work/tools_version")"
  printf '  "rows": %s,\n  "tables": {\n' "$rows"
  sed -e 's/^/    /' -e '$!s/$/,/' "$work/inventory"
  printf '  }\n}\n'
} > "$work/manifest.json"
echo "verify: $counted tables, $rows rows, $(cat "$work/dump.tar.sha256")"

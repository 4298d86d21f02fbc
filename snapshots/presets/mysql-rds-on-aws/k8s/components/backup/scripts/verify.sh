#!/usr/bin/env bash
# Tests the archive before it counts as a backup: it is read to its end, which mysqldump has written, and holds each table that
# was counted. Its checksum and manifest are written last. That every row comes back is what the restore drill proves.
set -euo pipefail

work="${WORK:-/work}"

fail() {
  echo "verify: $1" >&2
  exit 1
}

umask 077
[ -s "$work/dump.sql.gz" ] || fail "there is no archive, or it is empty"
for file in started_at finished_at server_version tools_version; do
  [ -s "$work/$file" ] || fail "$file is missing or empty"
done

gzip --decompress --stdout "$work/dump.sql.gz" > /dev/null 2>&1 || fail "the archive is damaged"
# Lines of SQL begin otherwise: in a value a new line is \n.
held="$(gzip --decompress --stdout "$work/dump.sql.gz" | awk '
  /^-- Programs$/ { programs = 1 }
  !programs && /^-- Table structure for table / { tables++ }
  { last = $0 }
  END { print (programs && last == "-- End of the archive") ? tables + 0 : "no end" }')"
[ "$held" != "no end" ] || fail "the archive has no end"
counted="$(wc -l < "$work/inventory")"
[ "$held" -ge "$counted" ] || fail "the archive holds $held tables, $counted were counted"

(cd "$work" && sha256sum dump.sql.gz > dump.sql.gz.sha256)
rows="$(sed -n 's/.*: {"rows": \([0-9]*\), .*/\1/p' "$work/inventory" | awk '{ rows += $1 } END { printf "%.0f", rows }')"
started_at="$(cat "$work/started_at")"
{
  printf '{\n  "format": 1,\n'
  printf '  "environment": "%s",\n' "${ENVIRONMENT:?is not set}"
  printf '  "backup": "%s",\n' "$(date -u -d "$started_at" +%Y%m%dT%H%M%SZ)"
  printf '  "started_at": "%s",\n  "finished_at": "%s",\n' "$started_at" "$(cat "$work/finished_at")"
  # Everything that was committed before this moment is in the archive, and nothing after it.
  printf '  "recovery_point": "%s",\n' "$started_at"
  printf '  "bytes": %s,\n' "$(stat -c %s "$work/dump.sql.gz")"
  printf '  "sha256": "%s",\n' "$(cut -d ' ' -f 1 "$work/dump.sql.gz.sha256")"
  printf '  "server_version": "%s",\n  "tools_version": "%s",\n' "$(cat "$work/server_version")" "$(tr -d '\042\134' < "$work/tools_version")"
  printf '  "rows": %s,\n  "tables": {\n' "$rows"
  sed -e 's/^/    /' -e '$!s/$/,/' "$work/inventory"
  printf '  }\n}\n'
} > "$work/manifest.json"
echo "verify: $counted tables, $rows rows, $(cat "$work/dump.sql.gz.sha256")"

#!/usr/bin/env bash
# Restores the fetched archive into the empty server of this pod and compares every row with the manifest. There is no
# other server that this pod could reach.
set -euo pipefail

work="${WORK:-/work}"
scripts="${SCRIPTS:-/scripts}"
inventory_settings=""
# shellcheck source=/dev/null
. "$scripts/compare.sh"
# shellcheck source=/dev/null
. "$scripts/inventory.sh"

give_up() {
  echo "restore: $1" >&2
  echo "$1" > "$work/error"
  exit 0
}
query() {
  mysql --no-defaults --protocol=TCP --host="${SCRATCH_HOST:-127.0.0.1}" --port="${SCRATCH_PORT:-3306}" --user=root --batch --raw --skip-column-names --default-character-set=utf8mb4 "$@"
}

umask 077
[ ! -s "$work/error" ] || exit 0

server="$(query --execute='SELECT VERSION()')" || give_up "the scratch server does not answer"
source="$(field server_version)"
newest="$(printf '%s\n%s\n' "${server%%-*}" "${source%%-*}" | cut -d . -f 1,2 | sort -V | tail -n 1)"
[ "$newest" = "$(cut -d . -f 1,2 <<< "${server%%-*}")" ] || give_up "the backup is of MySQL $source, and the image of the drill has $server"

query --execute='CREATE DATABASE drill CHARACTER SET utf8mb4' || give_up "the database of the drill could not be made"
gzip --decompress --stdout "$work/dump.sql.gz" | query drill || give_up "the archive could not be loaded"
rm "$work/dump.sql.gz"

{
  echo "$inventory_settings"
  inventory_queries drill
} | query > "$work/queries" || give_up "the restored tables could not be listed"
{
  echo "$inventory_settings"
  cat "$work/queries"
} | query > "$work/restored" || give_up "the restored data could not be read"
differences > "$work/faults" || give_up "the comparison with the manifest did not finish"
rows="$(awk -F '"rows": ' 'NF > 1 { rows += $2 + 0 } END { printf "%.0f", rows }' "$work/restored")"
# The dump of an empty database looks like that of a user who may read nothing: it proves nothing.
[ "$(field rows)" != 0 ] || echo "the backup holds no row: the database was empty, or its user may not read it" >> "$work/faults"
report "$work/faults" "$rows"
[ -s "$work/result.json" ] || give_up "the comparison left no result"

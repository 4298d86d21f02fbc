#!/usr/bin/env bash
# Restores the fetched archive into the empty server of this pod and compares every row with the manifest. There is no
# other server that this pod could reach.
set -euo pipefail

work="${WORK:-/work}"
scripts="${SCRIPTS:-/scripts}"
jobs="${RESTORE_JOBS:-2}"
export PGHOST="${PGHOST:-127.0.0.1}" PGPORT="${PGPORT:-5432}" PGUSER=postgres
# shellcheck source=/dev/null
. "$scripts/compare.sh"

give_up() {
  echo "restore: $1" >&2
  echo "$1" > "$work/error"
  exit 0
}

umask 077
[ ! -s "$work/error" ] || exit 0

rm -rf "$work/dump"
tar --extract --file="$work/dump.tar" --directory="$work" || give_up "the archive is damaged"
rm "$work/dump.tar"
server="$(psql --no-psqlrc --no-align --tuples-only --dbname=postgres --command='SHOW server_version')" || give_up "the scratch server does not answer"
source="$(field server_version)"
[ "${server%%.*}" -ge "${source%%.*}" ] || give_up "the backup is of PostgreSQL $source, and the image of the drill has $server"

# Roles that the provider of the source has for itself are refused in part; the dump needs those that own and are granted things.
psql --no-psqlrc --quiet --dbname=postgres --file="$work/dump/roles.sql" > "$work/roles.log" 2>&1 || true
createdb --template=template0 drill || give_up "the database of the drill could not be made"
pg_restore --dbname=drill --jobs="$jobs" --no-owner --exit-on-error "$work/dump/data" || give_up "pg_restore failed"

psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=on --dbname=drill --file="$scripts/inventory.sql" > "$work/restored" ||
  give_up "the restored data could not be read"
differences > "$work/faults" || give_up "the comparison with the manifest did not finish"
rows="$(awk -F '"rows": ' 'NF > 1 { rows += $2 + 0 } END { printf "%.0f", rows }' "$work/restored")"
# The dump of an empty database looks like that of a role that may read nothing: it proves nothing.
[ "$(field rows)" != 0 ] || echo "the backup holds no row: the database was empty, or its role may not read it" >> "$work/faults"
report "$work/faults" "$rows"
[ -s "$work/result.json" ] || give_up "the comparison left no result"

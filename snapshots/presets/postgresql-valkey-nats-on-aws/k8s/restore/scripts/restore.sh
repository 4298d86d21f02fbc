#!/usr/bin/env bash
# Restores the fetched archive into the server of the target. MODE: check (reads everything, writes nothing), beside (into a
# new database, named DATABASE), in-place (replaces every table of the archive, all or nothing) or compare (compares the
# target with the manifest, and restores nothing). ONLY limits it to one table, SCHEMA.TABLE: beside without its indexes, in place its
# rows alone.
set -euo pipefail

work="${WORK:-/work}"
scripts="${SCRIPTS:-/scripts}"
request="${REQUEST:-/run/secrets/postgresql-restore}"
config="${CONFIG_DIR:-/run/config}"
jobs="${RESTORE_JOBS:-2}"
# shellcheck source=/dev/null
. "$scripts/connect.sh"
# shellcheck source=/dev/null
. "$scripts/compare.sh"

fail() {
  echo "restore: $1" >&2
  exit "${2:-1}"
}
query() {
  psql --no-psqlrc --no-password --quiet --no-align --tuples-only --set=ON_ERROR_STOP=on "$@"
}

umask 077
[ -s "$request/uri" ] || fail "the target is not given" 64
connect_to "$request/uri" "$config/pg_service.conf" || fail "the target is no address of PostgreSQL" 64
case "${MODE:-}" in check | beside | in-place | compare) ;; *) fail "unknown mode '${MODE:-}'" 64 ;; esac

if [ "$MODE" = compare ]; then
  date -u +%Y-%m-%dT%H:%M:%SZ > "$work/drill_started_at"
  query --file="$scripts/inventory.sql" > "$work/restored" || fail "the target could not be read"
  differences > "$work/faults"
  if [ -s "$work/faults" ]; then
    cat "$work/faults"
    fail "the target differs from the backup of $(field recovery_point)"
  fi
  echo "restore: the $(wc -l < "$work/restored.tables" | tr -d ' ') tables hold the rows of $(field recovery_point), $(wc -l < "$work/near" | tr -d ' ') of them nearly"
  exit
fi

rm -rf "$work/dump"
tar --extract --file="$work/dump.tar" --directory="$work" || fail "the archive is damaged"
rm "$work/dump.tar"
options=(--no-password --exit-on-error --no-owner --no-acl --role="${OWNER:?is not set}")
if [ -n "${ONLY:-}" ]; then
  [[ "$ONLY" == *.* ]] || fail "a table is named with its schema, such as public.orders" 64
  pg_restore --list "$work/dump/data" | grep -F " TABLE ${ONLY%%.*} ${ONLY#*.} " > /dev/null || fail "the archive has no table $ONLY" 64
  options+=(--schema="${ONLY%%.*}" --table="${ONLY#*.}")
fi
case "$MODE" in
  check)
    pg_restore --file=/dev/null "$work/dump/data" || fail "the archive cannot be read to its end"
    query --command='SELECT 1' > /dev/null || fail "the target does not answer"
    ;;
  beside)
    [ -n "${DATABASE:-}" ] || fail "the name of the new database is not given" 64
    query --command="CREATE DATABASE \"$DATABASE\" TEMPLATE template0 OWNER \"$OWNER\"" || fail "the database $DATABASE could not be made"
    query --command="REVOKE ALL ON DATABASE \"$DATABASE\" FROM PUBLIC; GRANT CONNECT ON DATABASE \"$DATABASE\" TO readonly, backup" ||
      fail "the database $DATABASE could not be closed to others"
    # A table alone comes without the schema that holds it.
    if [ -n "${ONLY:-}" ] && [ "${ONLY%%.*}" != public ]; then
      query --dbname="$DATABASE" --command="CREATE SCHEMA \"${ONLY%%.*}\" AUTHORIZATION \"$OWNER\"" || fail "the schema could not be made"
    fi
    pg_restore "${options[@]}" --jobs="$jobs" --dbname="$DATABASE" "$work/dump/data" || fail "pg_restore failed; drop the database $DATABASE before you try again"
    ;;
  in-place)
    # In one transaction: when anything fails, the data is as it was.
    if [ -n "${ONLY:-}" ]; then
      # The rows alone: pg_restore drops with a table what it does not make again, such as its keys.
      {
        echo "BEGIN; SET LOCAL ROLE \"$OWNER\"; TRUNCATE TABLE ONLY \"${ONLY%%.*}\".\"${ONLY#*.}\";"
        pg_restore "${options[@]}" --data-only --file=- "$work/dump/data" && echo "COMMIT;"
      } | query > /dev/null || fail "pg_restore failed; nothing was changed"
      echo "restore: $MODE finished"
      exit
    fi
    pg_restore "${options[@]}" --clean --if-exists --single-transaction --dbname="$(query --command='SELECT current_database()')" "$work/dump/data" ||
      fail "pg_restore failed; nothing was changed"
    ;;
esac
echo "restore: $MODE finished"

#!/usr/bin/env bash
# Dumps the database as it is at one moment: a session holds a snapshot of it, from which pg_dump reads, and in which the
# rows of every table are counted and added up. The restore drill compares what comes back with these numbers.
# Exit status 64: wrong configuration, a retry cannot help.
set -euo pipefail

work="${WORK:-/work}"
scripts="${SCRIPTS:-/scripts}"
credentials="${CREDENTIALS:-/run/credentials}"
uri_file="${URI_FILE:-/run/secrets/postgresql-backup/uri}"
jobs="${DUMP_JOBS:-2}"
# shellcheck source=/dev/null
. "$scripts/connect.sh"

fail() {
  echo "dump: $1" >&2
  exit "${2:-1}"
}

[ -s "$uri_file" ] || fail "$uri_file is missing or empty" 64
umask 077
# OTHER_HOST and MOMENT are set for an instance that was restored to a moment: its dump is named after that.
connect_to "$uri_file" "$credentials/pg_service.conf" "${OTHER_HOST:-}" || fail "$uri_file holds no address of PostgreSQL" 64
rm -rf "$work"/dump "$work"/dump.tar* "$work"/*.json "$work"/*_at "$work"/*_version "$work/inventory"
mkdir "$work/dump"

# The answers of the session come line by line. A statement that fails ends it, and with it the dump.
coproc session { psql --no-psqlrc --no-password --quiet --no-align --tuples-only --set=ON_ERROR_STOP=on 2>&1; }
# shellcheck disable=SC2154 # set by coproc
to="${session[1]}" from="${session[0]}"
# A session that has ended is seen by the write that fails.
trap '' PIPE
tell() {
  printf '%s\n' "$1" >&"$to" || fail "the session with the database has ended"
}
# answer COMMANDS: what they print, up to the end of it.
answer() {
  local line
  tell "$1"
  tell '\echo end of answer'
  while IFS= read -r line <&"$from"; do
    [ "$line" != 'end of answer' ] || return 0
    printf '%s\n' "$line"
  done
  return 1
}

# It waits, without a word, while pg_dump reads.
begin="SET statement_timeout = 0; SET lock_timeout = '60s'; SET idle_in_transaction_session_timeout = 0; SET transaction_timeout = 0;
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
answer "$begin" > "$work/answer" || fail "$(cat "$work/answer")"
answer "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"');" > "$work/started_at" || fail "the time of the snapshot is unknown"
[ -z "${MOMENT:-}" ] || echo "$MOMENT" > "$work/started_at"
answer "SELECT split_part(current_setting('server_version'), ' ', 1);" > "$work/server_version" || fail "the version of the server is unknown"
snapshot="$(answer 'SELECT pg_export_snapshot();')" || fail "the session gave no snapshot"
[[ "$snapshot" =~ ^[0-9A-F-]+$ ]] || fail "the session gave no snapshot: $snapshot"
pg_dump --version > "$work/tools_version"

# pg_stat_statements belongs to the server, and only a superuser could make it again.
pg_dump --no-password --format=directory --jobs="$jobs" --compress=gzip:6 --snapshot="$snapshot" --exclude-extension=pg_stat_statements --file="$work/dump/data" ||
  fail "pg_dump failed"
pg_dumpall --no-password --roles-only --no-role-passwords --file="$work/dump/roles.sql" || fail "pg_dumpall failed"
answer "\\i $scripts/inventory.sql" > "$work/inventory" || fail "the rows could not be counted: $(tail -n 1 "$work/inventory")"
tell 'COMMIT;'
tell '\q'
date -u +%Y-%m-%dT%H:%M:%SZ > "$work/finished_at"

tar --create --file="$work/dump.tar" --directory="$work" --sort=name dump || fail "the files of the dump could not be joined"
rm -rf "$work/dump"
echo "dump: $(wc -l < "$work/inventory") tables, $(stat -c %s "$work/dump.tar") bytes"

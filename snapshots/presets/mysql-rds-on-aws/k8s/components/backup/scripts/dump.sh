#!/usr/bin/env bash
# Dumps the database as it is at one moment. Writes wait for that moment, for ten seconds at most: one session locks all tables
# while mysqldump and a session that counts rows begin their snapshots, which see the same rows therefore. The restore drill
# compares what comes back with these numbers.
# Exit status 64: wrong configuration, a retry cannot help.
set -euo pipefail

work="${WORK:-/work}"
scripts="${SCRIPTS:-/scripts}"
credentials="${CREDENTIALS:-/run/credentials}"
uri_file="${URI_FILE:-/run/secrets/mysql-backup/uri}"
database="" options="" inventory_settings=""
# shellcheck source=/dev/null
. "$scripts/connect.sh"
# shellcheck source=/dev/null
. "$scripts/inventory.sh"

fail() {
  echo "dump: $1" >&2
  exit "${2:-1}"
}

[ -s "$uri_file" ] || fail "$uri_file is missing or empty" 64
umask 077
# OTHER_HOST and MOMENT are set for an instance that was restored to a moment: its dump is named after that.
connect_to "$uri_file" "$credentials/client.cnf" "${OTHER_HOST:-}" || fail "$uri_file holds no address of MySQL" 64
rm -rf "$work"/dump.sql* "$work"/*.json "$work"/*_at "$work"/*_version "$work/inventory" "$work/reading" "$work/locked" "$work/status"

client=(mysql "$options" --batch --raw --skip-column-names --unbuffered --default-character-set=utf8mb4)
query() {
  "${client[@]}" --execute="$1" "$database"
}

query 'SELECT VERSION()' > "$work/server_version" || fail "the server does not answer, or refuses the login"
mysqldump --version > "$work/tools_version"
# Only InnoDB has snapshots: rows of another engine would be of other moments.
others="$(query "SELECT COALESCE(GROUP_CONCAT(table_name), '') FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND engine <> 'InnoDB'")" ||
  fail "the tables could not be listed"
[ -z "$others" ] || fail "these tables are not of InnoDB, and cannot be dumped at one moment: $others" 64
views=()
while IFS= read -r view; do views+=("$view"); done < <(query "SELECT table_name FROM information_schema.views WHERE table_schema = DATABASE() ORDER BY table_name")
locks="$(query "SET SESSION group_concat_max_len = 1048576; SELECT COALESCE(GROUP_CONCAT('\`', REPLACE(table_name, '\`', '\`\`'), '\` READ' SEPARATOR ', '), '') FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'")" ||
  fail "the tables could not be listed"

# The session that counts. Its answers come line by line; a statement that fails ends it, and with it the dump.
coproc counting { "${client[@]}" "$database" 2>&1; }
# shellcheck disable=SC2154 # set by coproc
to="${counting[1]}" from="${counting[0]}"
# A session that has ended is seen by the write that fails.
trap '' PIPE
tell() {
  printf '%s\n' "$1" >&"$to" || fail "the session with the database has ended"
}
# answer COMMANDS: what they print, up to the end of it.
answer() {
  local line
  tell "$1"
  tell "SELECT 'end of answer';"
  while IFS= read -r line <&"$from"; do
    [ "$line" != 'end of answer' ] || return 0
    printf '%s\n' "$line"
  done
  return 1
}
answer "$inventory_settings SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ;" > "$work/answer" || fail "$(cat "$work/answer")"
answer "$(inventory_queries "$database")" > "$work/queries" || fail "the tables could not be listed: $(tail -n 1 "$work/queries")"

# The lock. A long transaction that has written holds it up, and all writes behind it: then it is tried again later.
locked=false
for _ in 1 2 3 4 5 6; do
  : > "$work/locked"
  exec {lock}> >("${client[@]}" "$database" > "$work/locked" 2>&1)
  printf "SET SESSION lock_wait_timeout = 10;\n%s\nSELECT 'locked';\n" "${locks:+LOCK TABLES $locks;}" >&"$lock"
  for _ in $(seq 150); do
    [ ! -s "$work/locked" ] || break
    sleep 0.1
  done
  if grep -qx locked "$work/locked"; then
    locked=true
    break
  fi
  exec {lock}>&-
  sleep "${RETRY_SECONDS:-60}"
done
[ "$locked" = true ] || fail "the tables could not be locked: $(tail -n 1 "$work/locked")"

answer "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY; SELECT DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%dT%H:%i:%sZ');" > "$work/started_at" || fail "the snapshot could not be made"
[ -z "${MOMENT:-}" ] || echo "$MOMENT" > "$work/started_at"

# dumped OPTION... [TABLE...]: what all parts have in common.
dumped() {
  mysqldump "$options" --default-character-set=utf8mb4 --hex-blob --no-tablespaces --single-transaction --quick --set-gtid-purged=OFF "$@"
}
# The tables with their rows. The first line after the head comes when the snapshot is there.
tables() {
  local ignored=() view
  for view in "${views[@]}"; do ignored+=("--ignore-table=$database.$view"); done
  dumped --skip-triggers "${ignored[@]}" "$database"
}
{
  printf -- '-- Users, as they were, without passwords\n'
  query "SELECT CONCAT('-- ', user, '@', host, ' connections ', max_user_connections) FROM mysql.user ORDER BY user, host" || { echo users > "$work/status"; exit 1; }
  tables || { echo rows > "$work/status"; exit 1; }
} | {
  while IFS= read -r line; do
    printf '%s\n' "$line"
    case "$line" in '-- Table structure'* | '-- Dump completed'*) : > "$work/reading" && break ;; esac
  done
  cat
  # What follows is no data, and is the same whenever it is read.
  printf -- '-- Programs\n'
  [ "${#views[@]}" = 0 ] || dumped --no-data --skip-triggers "$database" "${views[@]}" || { echo views > "$work/status"; exit 1; }
  dumped --no-create-info --no-data --triggers --routines --events "$database" || { echo programs > "$work/status"; exit 1; }
  printf -- '-- End of the archive\n'
} | gzip -6 > "$work/dump.sql.gz" &
dumping=$!
while [ ! -e "$work/reading" ] && kill -0 "$dumping" 2> /dev/null; do sleep 0.1; done
# Writes go on.
exec {lock}>&-
wait "$dumping" || fail "mysqldump failed: $(cat "$work/status" 2> /dev/null || echo 'the archive could not be written')"

answer "$(cat "$work/queries")" > "$work/inventory" || fail "the rows could not be counted: $(tail -n 1 "$work/inventory")"
tell 'COMMIT;'
date -u +%Y-%m-%dT%H:%M:%SZ > "$work/finished_at"
echo "dump: $(wc -l < "$work/inventory") tables, $(stat -c %s "$work/dump.sql.gz") bytes"

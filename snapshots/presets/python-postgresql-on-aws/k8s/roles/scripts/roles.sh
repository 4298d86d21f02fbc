#!/usr/bin/env bash
# Makes the roles of the database and sets their passwords. It can run as often as you like.
set -euo pipefail

scripts="${SCRIPTS:-/scripts}"
request="${REQUEST:-/run/secrets/postgresql-roles}"
config="${CONFIG_DIR:-/run/config}"
# shellcheck source=/dev/null
. "$scripts/connect.sh"

fail() {
  echo "roles: $1" >&2
  exit 1
}

umask 077
for file in uri owner app readonly backup monitoring; do
  [ -s "$request/$file" ] || fail "$file is missing or empty"
done
connect_to "$request/uri" "$config/pg_service.conf" || fail "the address is none of PostgreSQL"
psql=(psql --no-psqlrc --no-password --quiet --set=ON_ERROR_STOP=on)

"${psql[@]}" --file="$scripts/roles.sql" || fail "the roles could not be made"
for role in owner app readonly backup monitoring; do
  password="$(cat "$request/$role")"
  # psql asks twice, and hashes here: neither the server's log nor its statistics get to see it.
  printf '%s\n%s\n' "$password" "$password" | "${psql[@]}" --command="\\password $role" > /dev/null 2>&1 ||
    fail "the password of $role could not be set"
done
# What queries cost, for those who look for slow ones. It belongs to the server, so it stays out of dumps.
"${psql[@]}" --dbname=postgres --command='CREATE EXTENSION IF NOT EXISTS pg_stat_statements' > /dev/null 2>&1 ||
  echo "roles: pg_stat_statements could not be made; the alarms and backups do without" >&2
echo "roles: owner, app, readonly, backup and monitoring are as roles.sql says"

#!/usr/bin/env bash
# Makes the users of the database and sets their passwords. It can run as often as you like.
set -euo pipefail

scripts="${SCRIPTS:-/scripts}"
request="${REQUEST:-/run/secrets/mysql-roles}"
config="${CONFIG_DIR:-/run/config}"
database="" options=""
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
connect_to "$request/uri" "$config/client.cnf" || fail "the address is none of MySQL"
query() {
  mysql "$options" --batch --default-character-set=utf8mb4
}

# In the name of a database that is granted, _ stands for any letter.
sed "s/SCHEMA/${database//_/\\\\_}/g" "$scripts/roles.sql" | query || fail "the users could not be made"
for user in owner app readonly backup monitoring; do
  password="$(cat "$request/$user")"
  # Letters and digits are what bootstrap draws. The statement comes by a pipe; the server hides passwords in its logs.
  [[ "$password" =~ ^[A-Za-z0-9_-]+$ ]] || fail "the password of $user has other characters than letters, digits, _ and -"
  printf "ALTER USER '%s'@'%%' IDENTIFIED BY '%s' ACCOUNT UNLOCK;\n" "$user" "$password" | query > /dev/null 2>&1 ||
    fail "the password of $user could not be set"
done
echo "roles: owner, app, readonly, backup and monitoring are as roles.sql says"

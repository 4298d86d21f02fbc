#!/usr/bin/env bash
# The settings of the Cluster in a real PostgreSQL server: it starts with them, takes no connection without TLS, and its archive brings back
# the second before a mistake. What the operator does is done by hand: certificates, archive_command, base backup. Needs the programs of a
# PostgreSQL server on PATH or in $POSTGRESQL_BIN, with openssl for what it says on TLS where they were built with that, and no root rights:
# as root it takes those of nobody for the server.
# Only with scripts/postgresql-recovery.sh
# shellcheck disable=SC2016 # what is in single quotes is expanded by another shell
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
[ -z "${POSTGRESQL_BIN:-}" ] || PATH="$POSTGRESQL_BIN:$PATH"
command -v initdb > /dev/null || { echo "initdb is not on PATH: set POSTGRESQL_BIN" >&2; exit 1; }
manifest="$repository/k8s/base/postgresql/cluster.yaml"
server="$(mktemp -d)"
# Below those that the system gives to clients.
port=$((10000 + RANDOM % 20000))
chmod 755 "$server"

# Where nobody may not look into the folder of the programs, they are copied.
if [ "$(id -u)" = 0 ] && ! setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$(command -v postgres)"; then
  package="$(dirname "$(dirname "$(dirname "$(command -v postgres)")")")"
  mkdir "$server/programs"
  cp -R "$package" "$package".libs "$server/programs"
  PATH="$server/programs/$(basename "$package")/pginstall/bin:$PATH"
fi
as_server() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid=65534 --regid=65534 --clear-groups env HOME="$server" "$@"
  else
    "$@"
  fi
}
stop_servers() {
  local data
  for data in "$server"/live "$server"/recovered-*; do
    [ ! -e "$data/postmaster.pid" ] || as_server pg_ctl --pgdata="$data" --mode=immediate stop > /dev/null 2>&1 || true
  done
  rm -rf "$server" "$sandbox"
}
trap stop_servers EXIT
[ "$(id -u)" != 0 ] || chown 65534:65534 "$server"

# under KEY: the lines below it in the settings of the server, without comments.
under() {
  awk -v key="$1:" '$1 == key { for (indent = 0; substr($0, indent + 1, 1) == " "; indent++); inside = 1; next }
    inside { for (own = 0; substr($0, own + 1, 1) == " "; own++); if (own <= indent) exit; sub(/^ +/, ""); if ($0 !~ /^#/) print }' \
    <(sed -n '/^  postgresql:$/,$p' "$manifest")
}
# start FOLDER PORT
start() {
  (cd "$server" && as_server pg_ctl --pgdata="$server/$1" --wait --timeout=60 --log="$server/$1.log" \
    --options="-p $2 -c unix_socket_directories=$server -c listen_addresses=127.0.0.1" start > /dev/null 2>&1)
}
# sql PORT STATEMENT: as postgres, by the socket, as the operator does.
sql() {
  psql --no-psqlrc --quiet --no-align --tuples-only --set=ON_ERROR_STOP=on --host="$server" --port="$1" --username=postgres --dbname=postgres --command="$2"
}

tls=false
if pg_config --configure | grep -qE -- '--with-(ssl|openssl)'; then tls=true; fi

# --- certificates: an authority, and a server that has the names of Services in the namespace
namespace="$(sed -n 's/^  namespace: //p' "$manifest" | head -n 1)"
if [ "$tls" = true ]; then (
  cd "$server"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.crt -days 1 -subj /CN=postgresql-server-ca
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout tls.key -out tls.csr -subj /
  sed -n '/^  name: postgresql-server-tls$/,/^---$/p' "$repository/k8s/base/postgresql/certificates.yaml" |
    awk '/^  dnsNames:$/ { inside = 1; next } inside && !/^ +(-|#)/ { exit } inside && /^ +- / { gsub(/^ +- |"/, ""); print }' > names
  printf 'subjectAltName=%s\n' "$(sed 's/^/DNS:/' names | paste -s -d ,)" > extensions
  openssl x509 -req -in tls.csr -CA ca.crt -CAkey ca.key -days 1 -out tls.crt -extfile extensions
  chmod 600 tls.key
  [ "$(id -u)" != 0 ] || chown 65534:65534 tls.key
) > /dev/null 2>&1; fi

# --- the server, with the settings of the manifest
mkdir "$server/archive"
[ "$(id -u)" != 0 ] || chown 65534:65534 "$server/archive"
(cd "$server" && as_server initdb --pgdata="$server/live" --username=postgres --auth-local=trust --encoding=UTF8 --data-checksums --no-locale > /dev/null)
under parameters | sed "s/: /=/; s/=\"\\(.*\\)\"\$/='\\1'/; s/=\\([^'].*\\)\$/='\\1'/" > "$sandbox/settings"
{
  cat "$sandbox/settings"
  # What the operator sets itself.
  echo "shared_preload_libraries='pg_stat_statements'"
  if [ "$tls" = true ]; then
    echo "ssl=on"
    echo "ssl_cert_file='$server/tls.crt'"
    echo "ssl_key_file='$server/tls.key'"
  fi
  echo "archive_mode=on"
  echo "archive_command='test ! -f $server/archive/%f && cp %p $server/archive/%f'"
  echo "wal_level=logical"
  echo "fsync=off"
  # Nothing but this test commits.
  echo "autovacuum=off"
} | as_server tee -a "$server/live/postgresql.conf" > /dev/null
{ echo "local all all trust"; echo "local replication all trust"; under pg_hba | sed 's/^- //' | if [ "$tls" = true ]; then cat; else grep -v ^hostssl; fi; } | as_server tee "$server/live/pg_hba.conf" > /dev/null
expect 0 "" "the server starts with the settings of the manifest" start live "$port"
expect 0 "" "of which there are some" test "$(wc -l < "$sandbox/settings")" -ge 10
while IFS='=' read -r key value; do
  value="${value#\'}" value="${value%\'}"
  expect 0 "t" "$key is $value" sql "$port" "SELECT applied AND error IS NULL FROM pg_file_settings WHERE name = '$key' AND setting = '$value' ORDER BY seqno DESC LIMIT 1"
done < "$sandbox/settings"

# --- connections
sql "$port" "CREATE ROLE app LOGIN PASSWORD 'secret'"
by_name() { PGPASSWORD="$3" psql --no-psqlrc --quiet --no-align --tuples-only "host=$1 hostaddr=127.0.0.1 port=$port user=app dbname=postgres sslmode=$2 sslrootcert=${4:-$server/ca.crt} connect_timeout=5" --command='SELECT 1'; }
if [ "$tls" = true ]; then
  expect 0 "1" "the service with TLS, verified" by_name "postgresql-rw.$namespace.svc" verify-full secret
  expect 0 "1" "a cluster that a recovery has made" by_name "postgresql-20261120t101500z-rw.$namespace.svc" verify-full secret
  expect 2 "does not match" "a host of another namespace" by_name "postgresql-rw.other.svc" verify-full secret
  expect 2 "password authentication failed" "a wrong password" by_name "postgresql-rw.$namespace.svc" verify-full wrong
  expect 2 "pg_hba.conf rejects connection" "without TLS" by_name "postgresql-rw.$namespace.svc" disable secret
  expect 2 "certificate verify failed" "another authority" by_name "postgresql-rw.$namespace.svc" verify-full secret "$server/tls.crt"
fi

# --- the second before a mistake
sql "$port" "CREATE TABLE orders (id int PRIMARY KEY)" && sql "$port" "INSERT INTO orders SELECT generate_series(1, 100)"
expect 0 "" "a base" as_server pg_basebackup --host="$server" --port="$port" --username=postgres --pgdata="$server/base" --wal-method=none --checkpoint=fast --no-password
sql "$port" "INSERT INTO orders VALUES (101)"
sleep 2
moment="$(date -u +%Y-%m-%dT%H:%M:%SZ)"
sleep 2
sql "$port" "DELETE FROM orders WHERE id > 50"
# The statements with which the script makes sure that the change log reaches beyond the moment.
emit="$(grep -o "SELECT 1 FROM pg_logical_emit_message([^\"]*" "$repository/scripts/postgresql-recovery.sh")"
pass() {
  local segment
  segment="$(sql "$port" "$emit" > /dev/null && sql "$port" 'SELECT pg_walfile_name(pg_switch_wal())')"
  for _ in $(seq 100); do
    [ "$(sql "$port" "SELECT last_archived_wal >= '$segment' FROM pg_stat_archiver")" != t ] || return 0
    sleep 0.1
  done
  return 1
}
expect 0 "" "the change log reaches beyond the moment" pass
# recovered NAME PORT MOMENT: with the moment as the operator writes it, as the server takes no `Z` here.
recovered() {
  as_server cp -R "$server/base" "$server/recovered-$1"
  {
    echo "archive_mode=off"
    echo "restore_command='cp $server/archive/%f %p'"
    echo "recovery_target_time='${3%Z}+00:00'"
    echo "recovery_target_action=promote"
  } | as_server tee -a "$server/recovered-$1/postgresql.conf" > /dev/null
  as_server touch "$server/recovered-$1/recovery.signal"
  start "recovered-$1" "$2" || return 1
  for _ in $(seq 100); do
    [ "$(sql "$2" 'SELECT pg_is_in_recovery()' 2> /dev/null)" != f ] || return 0
    sleep 0.1
  done
  return 1
}
expect 0 "" "a recovery to the moment" recovered before $((port + 1)) "$moment"
expect 0 "101" "has the rows that were deleted" sql $((port + 1)) 'SELECT count(*) FROM orders'
expect 0 "50" "which the live one has not" sql "$port" 'SELECT count(*) FROM orders'
expect 0 "off" "and archives nothing" sql $((port + 1)) 'SHOW archive_mode'

# --- an idle database: without a commit after the moment the recovery would not know that it is over
sleep 2
moment="$(date -u +%Y-%m-%dT%H:%M:%SZ)"
sleep 2
expect 1 "" "a recovery to a moment after the last commit" recovered idle $((port + 2)) "$moment"
expect 0 "recovery ended before configured recovery target was reached" "does not end well" cat "$server/recovered-idle.log"
expect 0 "" "the change log is led beyond it" pass
expect 0 "" "a recovery to the same moment" recovered passed $((port + 3)) "$moment"
expect 0 "50" "has the rows of then" sql $((port + 3)) 'SELECT count(*) FROM orders'

# --- a segment that is missing, with later ones behind it
sql "$port" "INSERT INTO orders VALUES (201)"
expect 0 "" "a segment more" pass
segments=("$server"/archive/0000*[0-9A-F])
as_server mv "${segments[-2]}" "$server/missing"
expect 1 "" "a recovery without a segment" recovered gap $((port + 4)) "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
expect 0 "recovery ended before configured recovery target was reached" "does not end well either" cat "$server/recovered-gap.log"
as_server mv "$server/missing" "${segments[-2]}"
expect 0 "" "with the segment" as_server rm -r "$server/recovered-gap"
expect 0 "" "and a moment that it reaches" recovered gap $((port + 4)) "$moment"
finish

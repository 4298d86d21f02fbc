#!/bin/sh
# Restores the archive into the scratch server beside this container, compares every stream with what the servers said of it when it was
# read, and writes the manifest.
set -eu
work="${WORK:-/work}"
restored="$work/restored"

# What must be the same. An empty stream that never had a message begins at 0 or at 1.
state='.state | {messages, first: (if .messages > 0 then .first_seq else 0 end), last: .last_seq, consumers: .consumer_count}'

fail() {
  echo "verify: $1" >&2
  exit 1
}

umask 077
rm -rf "$restored"
mkdir "$restored"
tar -xf "$work/streams.tar" -C "$restored" || fail "the archive cannot be read"
streams="[]"
while read -r stream; do
  # One copy, and messages that become too old meanwhile stay.
  jq '.config | .num_replicas = 1 | .max_age = 0' "$restored/$stream/backup.json" > "$work/config.json" || fail "$stream has no description"
  nats stream restore "$restored/$stream" --config="$work/config.json" --no-progress --timeout=60s < /dev/null || fail "$stream cannot be restored"
  found="$(nats request --raw "\$JS.API.STREAM.INFO.$stream" "" < /dev/null | jq -c "$state")"
  expected="$(jq -c "$state" "$restored/$stream/backup.json")"
  [ "$found" = "$expected" ] || fail "$stream came back as $found, and was $expected"
  streams="$(printf '%s' "$streams" | jq -c --arg name "$stream" --argjson state "$found" '. + [{name: $name} + $state]')"
done < "$work/streams.txt"
rm -rf "$restored"

cd "$work"
sha256sum streams.tar > streams.tar.sha256
jq -n --arg environment "$ENVIRONMENT" --arg started "$(cat started_at)" --arg finished "$(cat finished_at)" \
  --arg sum "$(cut -d ' ' -f 1 streams.tar.sha256)" --argjson bytes "$(wc -c < streams.tar)" --argjson streams "$streams" '{
    format: 1,
    backup: ($started | gsub("[-:]"; "")),
    environment: $environment,
    started_at: $started,
    finished_at: $finished,
    bytes: $bytes,
    sha256: $sum,
    streams: $streams
  }' > manifest.json
echo "verify: $(printf '%s' "$streams" | jq -r 'length') streams with $(printf '%s' "$streams" | jq -r 'map(.messages) | add') messages came back whole"

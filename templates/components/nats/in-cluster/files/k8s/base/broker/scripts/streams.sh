#!/bin/sh
# Makes the streams and consumers that streams.json lists, and changes those that differ. What the list does not name is left alone, and
# nothing is ever deleted. Running it again changes nothing.
set -eu
list="${STREAMS:-/etc/broker/streams.json}"
NATS_PASSWORD="$(cat "${PASSWORD_FILE:-/run/secrets/broker/streams_password}")"
export NATS_PASSWORD

# ask SUBJECT: sends the request on standard input, and prints the answer. Pretty-printed, as the client reads braces side by side as a template.
ask() {
  nats request --raw "\$JS.API.$1" "$(jq .)"
}

# fail WHAT ANSWER
fail() {
  echo "streams: $1: $(printf '%s' "$2" | jq -r '.error.description // "no answer"')" >&2
  exit 1
}

count="$(jq length "$list")"
number=0
while [ "$number" -lt "$count" ]; do
  stream="$(jq ".[$number].stream" "$list")"
  name="$(printf '%s' "$stream" | jq -r .name)"
  answer="$(printf '%s' "$stream" | ask "STREAM.CREATE.$name")" || fail "$name" "{}"
  # 10058: it exists with other settings
  if [ "$(printf '%s' "$answer" | jq -r '.error.err_code // 0')" = 10058 ]; then
    answer="$(printf '%s' "$stream" | ask "STREAM.UPDATE.$name")" || fail "$name" "{}"
  fi
  printf '%s' "$answer" | jq -e '.config' > /dev/null || fail "$name" "$answer"
  echo "$name: $(printf '%s' "$answer" | jq -r '"\(.state.messages) messages, \(.state.bytes) bytes, \(.config.num_replicas) copies"')"

  consumers="$(jq ".[$number].consumers | length" "$list")"
  consumer=0
  while [ "$consumer" -lt "$consumers" ]; do
    config="$(jq ".[$number].consumers[$consumer]" "$list")"
    durable="$(printf '%s' "$config" | jq -r .name)"
    answer="$(printf '%s' "$config" | jq --arg stream "$name" '{stream_name: $stream, config: .}' | ask "CONSUMER.CREATE.$name.$durable")" || fail "$name $durable" "{}"
    printf '%s' "$answer" | jq -e '.config' > /dev/null || fail "$name $durable" "$answer"
    echo "$name $durable: $(printf '%s' "$answer" | jq -r '"\(.num_pending) to be read, \(.num_ack_pending) being worked on"')"
    consumer=$((consumer + 1))
  done
  number=$((number + 1))
done

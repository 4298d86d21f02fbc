#!/bin/sh
# Restores streams, with their consumers, from the archive in the work folder: those that are named, or all. One that exists is refused
# before anything is written. The script for people calls it.
set -eu
work="${WORK:-/work}"
NATS_PASSWORD="$(cat "${PASSWORD_FILE:-/run/secrets/broker/restore_password}")"
export NATS_PASSWORD

fail() {
  echo "restore: $1" >&2
  exit 1
}

umask 077
(cd "$work" && sha256sum -c streams.tar.sha256 > /dev/null) || fail "the archive does not match its checksum"
rm -rf "${work:?}/streams"
mkdir "$work/streams"
tar -xf "$work/streams.tar" -C "$work/streams"
if [ $# = 0 ]; then
  cd "$work/streams"
  set -- *
  cd - > /dev/null
fi
there="$(nats stream ls --names)"
for stream in "$@"; do
  [ -s "$work/streams/$stream/backup.json" ] || fail "the backup has no stream $stream"
  if printf '%s\n' "$there" | grep -qxF "$stream"; then fail "the stream $stream exists; nothing was restored"; fi
done
for stream in "$@"; do
  nats stream restore "$work/streams/$stream" --no-progress --timeout=60s < /dev/null || fail "$stream cannot be restored"
  found="$(nats request --raw "\$JS.API.STREAM.INFO.$stream" "" < /dev/null | jq -r .state.messages)"
  expected="$(jq -r .state.messages "$work/streams/$stream/backup.json")"
  # Those that are older than the stream allows go at once.
  echo "$stream: $found of $expected messages"
done

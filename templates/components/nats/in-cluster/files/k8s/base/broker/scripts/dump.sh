#!/bin/sh
# Reads every stream with its consumers into one archive.
set -eu
work="${WORK:-/work}"
NATS_PASSWORD="$(cat "${PASSWORD_FILE:-/run/secrets/broker/backup_password}")"
export NATS_PASSWORD

umask 077
rm -rf "${work:?}"/streams "$work"/streams.tar "$work"/streams.txt
mkdir "$work/streams"
date -u +%Y-%m-%dT%H:%M:%SZ > "$work/started_at"
nats stream ls --names > "$work/streams.txt"
if ! grep -q . "$work/streams.txt"; then
  echo "dump: there is no stream, or this user may not see one" >&2
  exit 1
fi
while read -r stream; do
  nats stream backup "$stream" "$work/streams/$stream" --check --no-progress --timeout=60s < /dev/null
  for file in backup.json stream.tar.s2; do
    if [ ! -s "$work/streams/$stream/$file" ]; then
      echo "dump: $file of $stream is missing or empty" >&2
      exit 1
    fi
  done
done < "$work/streams.txt"
tar -cf "$work/streams.tar" -C "$work/streams" .
date -u +%Y-%m-%dT%H:%M:%SZ > "$work/finished_at"
echo "dump: $(grep -c . "$work/streams.txt") streams, $(wc -c < "$work/streams.tar") bytes"

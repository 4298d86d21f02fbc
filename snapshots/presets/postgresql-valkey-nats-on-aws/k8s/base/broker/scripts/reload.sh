#!/bin/sh
# Has the server beside it read its certificate and its users again when they have changed.
set -eu
files="${FILES:-/etc/nats/tls /etc/nats/users}"
pid="${PID_FILE:-/run/nats/nats.pid}"

sums() {
  # shellcheck disable=SC2086 # several folders
  find $files -type f -o -type l | sort | xargs cat | sha256sum
}

last="$(sums)"
while sleep "${SECONDS_BETWEEN:-60}"; do
  now="$(sums)"
  if [ "$now" != "$last" ] && nats-server --signal "reload=$pid"; then
    echo "reload: the certificate or the users have changed"
    last="$now"
  fi
done

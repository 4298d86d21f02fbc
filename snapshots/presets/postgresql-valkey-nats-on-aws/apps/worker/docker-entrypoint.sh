#!/bin/sh
# Turns the secrets that Kubernetes mounts as files into environment variables, then becomes the command. Files can be
# rotated and do not show in `kubectl describe`; variables are what most programs read. It refuses to start without a
# value, or with one that is plainly a placeholder: a wrong secret shows here, and not in the first request.
set -eu

directory="${SECRETS_DIRECTORY:-/run/secrets/app}"
for file in "$directory"/*; do
  [ -f "$file" ] || continue
  name="${file##*/}"
  case "$name" in
    [!A-Za-z_]* | *[!A-Za-z0-9_]*)
      echo "docker-entrypoint: $file is not named like a variable" >&2
      exit 78
      ;;
  esac
  value="$(cat "$file")"
  export "$name=$value"
done

for name in ${REQUIRED_VARIABLES:-}; do
  value="$(printenv "$name" || true)"
  case "$value" in
    "" | changeme | change-me | CHANGEME | secret | password | example | placeholder | "the value" | "the address")
      echo "docker-entrypoint: $name is missing, empty or a placeholder" >&2
      exit 78
      ;;
  esac
done

exec "$@"

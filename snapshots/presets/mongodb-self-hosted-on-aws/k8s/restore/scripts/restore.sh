#!/usr/bin/env bash
# Restores the fetched archive into the target. Users, roles and settings (admin, config) stay those of
# the target. MODE: check (reads everything, writes nothing), beside (into databases named
# PREFIX + name, next to the live ones) or in-place (replaces every collection in the archive).
set -euo pipefail

work="${WORK:-/work}"
request="${REQUEST:-/run/secrets/mongodb-restore}"
config="${CONFIG_DIR:-/run/config}/mongorestore.yaml"

fail() {
  echo "restore: $1" >&2
  exit "${2:-1}"
}

umask 077
[ -s "$request/uri" ] || fail "the target is not given" 64
printf "uri: '%s'\n" "$(sed "s/'/''/g" "$request/uri")" > "$config"
gzip -t "$work/dump.archive.gz" || fail "the compressed stream is damaged"

options=(--config="$config" --archive="$work/dump.archive.gz" --gzip --stopOnError
  '--nsExclude=admin.*' '--nsExclude=config.*')
case "${MODE:-}" in
  check) options+=(--dryRun) ;;
  beside)
    [ -n "${PREFIX:-}" ] || fail "the prefix is not given" 64
    # shellcheck disable=SC2016 # the dollars are mongorestore's own
    options+=('--nsFrom=$db$.$collection$' "--nsTo=${PREFIX}"'$db$.$collection$')
    ;;
  in-place) options+=(--drop) ;;
  *) fail "unknown mode '${MODE:-}'" 64 ;;
esac
if [ -n "${ONLY:-}" ]; then
  options+=("--nsInclude=$ONLY")
fi
if [ -n "${RENAME:-}" ]; then
  # shellcheck disable=SC2016 # the dollars are mongorestore's own
  options+=("--nsFrom=${RENAME%%=*}"'.$collection$' "--nsTo=${RENAME#*=}"'.$collection$')
fi
mongorestore "${options[@]}" || fail "mongorestore failed; the target may be half restored"
echo "restore: $MODE finished"

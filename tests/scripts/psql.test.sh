#!/usr/bin/env bash
# scripts/psql.sh: which address the pod gets, and that nothing of it stays. kubectl stands in for the cluster.
# Only with scripts/psql.sh
# shellcheck disable=SC2016 # what is in single quotes is expanded later
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
export WORLD="$sandbox" NAME="$name"

stand_in kubectl <<'TEXT'
case "$*" in
  "config current-context") echo "${CONTEXT:-$NAME-staging}" ;;
  *" create secret generic "*) cat > "$WORLD/address" ;;
  *" delete secret "*) : > "$WORLD/deleted" ;;
  *" run "*) for word in "$@"; do case "$word" in --overrides=*) printf '%s' "${word#--overrides=}" > "$WORLD/pod.json" ;; esac; done ;;
esac
TEXT
printf 'postgresql://postgres:x@db.example:5432/shop?sslrootcert=/etc/postgresql/ca.pem\n' > uri

expect 0 "" "the database as readonly" scripts/psql.sh staging
expect 0 "" "another database" scripts/psql.sh staging --database other
expect 0 "other" "is in the pod" jq -r '.spec.containers[0].env[] | select(.name == "DATABASE").value' "$WORLD/pod.json"
expect 1 "kubectl is connected to" "another cluster" env CONTEXT="$name-prod" scripts/psql.sh staging
expect 2 "psql.sh ENV" "an unknown environment" scripts/psql.sh nowhere
expect 0 "" "an address of a file" scripts/psql.sh staging --uri-file uri
expect 0 "0" "which has no end of a line" bash -c 'wc -l < "$WORLD/address"'
expect 0 "" "and does not stay in the cluster" test -e "$WORLD/deleted"
expect 1 "leave --host and --database out" "an address and a host" scripts/psql.sh staging --uri-file uri --host db2.example
expect 1 "leave --host and --database out" "an address and a database" scripts/psql.sh staging --database other --uri-file uri
expect 1 "is missing or empty" "no address" scripts/psql.sh staging --uri-file nothing
finish

#!/usr/bin/env bash
# The move of an application with files: production is asked at its own load balancer, and the commands of the runbook bring every
# file into the volume.
# Only with docs/runbooks/moving-in.md
# shellcheck disable=SC2016 # expanded later, by the stand-ins
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

# --- smoke.sh asks where SMOKE_TO says, under the public name
stand_in curl <<'TEXT'
echo "curl $*" >> "$LOG"
printf 000
TEXT
export LOG="$sandbox/log" SMOKE_ATTEMPTS=1
expect 1 "did not pass" "nothing answers" scripts/smoke.sh prod
expect 1 "" "DNS says where" grep -q -- --connect-to "$LOG"
SMOKE_TO=lb.example.net expect 1 "did not pass" "nothing answers there either" scripts/smoke.sh prod
expect 0 "" "the load balancer, whatever DNS says" grep -q -- "--connect-to ::lb.example.net: .*https://" "$LOG"

# --- deploy.sh says so for production, and for production only
stand_in kubectl <<'TEXT'
case " $* " in
  *" config current-context "*) echo "$CLUSTER" ;;
  *" get gateway "*) printf '%s' "${GATEWAY-lb.example.net}" ;;
  *" kustomize "*) printf 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: api\n' ;;
esac
TEXT
cp scripts/smoke.sh "$sandbox/smoke.sh"
for script in check-images verify-images smoke leftovers; do
  printf '#!/usr/bin/env bash\necho "%s at ${SMOKE_TO:-the public name}" >> "$LOG"\n' "$script" > "scripts/$script.sh"
done
: > "$LOG"
CLUSTER="$name-prod" expect 0 "runs what this working tree says" "production is deployed" scripts/deploy.sh --skip-migrations prod
expect 0 "" "and asked at its load balancer" grep -q "^smoke at lb.example.net$" "$LOG"
CLUSTER="$name-staging" expect 0 "runs what this working tree says" "staging is deployed" scripts/deploy.sh --skip-migrations staging
expect 0 "" "and asked by its name" grep -q "^smoke at the public name$" "$LOG"
CLUSTER="$name-prod" GATEWAY="" expect 1 "the gateway has no address" "no load balancer yet" scripts/deploy.sh --skip-migrations prod

# --- the files: what the runbook says, from one folder into another
old="$sandbox/old" volume="$sandbox/volume"
mkdir -p "$old/deep/er" "$volume/lost+found" "$volume/left"
echo one > "$old/deep/er/a b.txt"
echo two > "$old/.hidden"
: > "$old/empty"
echo "an earlier copy" > "$volume/left/stale"
stand_in ssh <<'TEXT'
shift
exec bash -c "$*"
TEXT
stand_in kubectl <<'TEXT'
case " $* " in
  *" exec "*) while [[ "$1" != -- ]]; do shift; done; shift; exec "$@" ;;
esac
TEXT
runbook="$repository/docs/runbooks/moving-in.md"
block() { sed -n '/^ *```sh$/,/^ *```$/p' "$runbook" | awk -v text="$1" '
  /```sh/ { block = ""; next } /```/ { if (index(block, text)) printf "%s", block; next } { block = block $0 "\n" }'; }
{
  printf 'set -euo pipefail\nfolder=%q\n' "$volume"
  block "from=/var/www" | sed "s#/var/www/uploads #$old #"
  block "sum='find"
} > "$sandbox/copy"
expect 0 "" "the commands run" bash "$sandbox/copy"
expect 0 "" "two checksums that are the same" test "$(sort -u "$sandbox/output" | wc -l)/$(wc -l < "$sandbox/output")" = 1/2
rmdir "$volume/lost+found"
expect 0 "" "every file is there, and none of before" diff -r "$old" "$volume"
mkdir "$volume/lost+found"
expect 0 "" "again" bash "$sandbox/copy"
echo three > "$old/new"
block "sum='find" | sed "1i from=$old folder=$volume" > "$sandbox/compare"
expect 0 "" "a comparison" bash "$sandbox/compare"
expect 0 "" "shows a file that is missing" test "$(sort -u "$sandbox/output" | wc -l)" = 2

finish

#!/usr/bin/env bash
# Tests of scripts/deploy.sh: order of the steps, and what happens when one fails. kubectl writes down what it is asked.
# shellcheck disable=SC2016 # what is in single quotes is expanded later, by the stand-ins
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

export NAME="$name" LOG="$sandbox/log" APPLIED="$sandbox/applied" POLL_SECONDS=0
mkdir -p k8s/overlays/prod/migrations/api
touch k8s/overlays/prod/migrations/api/kustomization.yaml

stand_in kubectl <<'TEXT'
echo "kubectl $*" >> "$LOG"
args=" $* "
case "$args" in
  *" config current-context "*) echo "${CLUSTER-$NAME-prod}" ;;
  *" kustomize "*/migrations/*) printf 'apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: api-migrate\n' ;;
  *" get perconaservermongodb/mongodb "*) echo 7 ;;
  *" kustomize "*)
    if [[ -n "${MONGODB-}" ]]; then printf 'apiVersion: psmdb.percona.com/v1\nkind: PerconaServerMongoDB\nmetadata:\n  name: mongodb\n---\n'; fi
    printf 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: api\n---\napiVersion: batch/v1\nkind: CronJob\nmetadata:\n  name: mongodb-backup\nspec:\n  suspend: false\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  labels:\n    name: other\n  name: api\n'
    ;;
  *" apply "*)
    count="$(cat "$APPLIED" 2> /dev/null || echo 0)"
    echo $((count + 1)) > "$APPLIED"
    sed 's/^/    /' "${args##*--filename }" 2> /dev/null >> "$LOG" || sed 's/^/    /' "${!#}" >> "$LOG"
    [[ "$((count + 1))" != "${FAILING_APPLY-}" ]]
    ;;
  *" get job "*) echo "${MIGRATION-SuccessCriteriaMet Complete}" ;;
  *" get horizontalpodautoscaler "* | *" get deployment "*.spec.replicas* | *" get deployment "*.availableReplicas*) echo 2 ;;
  *" get deployment "*" json "*) echo '{"kind": "Deployment", "spec": {"replicas": 2, "old": true}}' ;;
  *" get deployment "*)
    [[ -z "${SILENT_API-}" ]] || exit 1
    # The revision grows with the last apply.
    if [[ -n "${NEW_DEPLOYMENT-}" ]]; then exit 0; fi
    echo $((3 + ($(cat "$APPLIED" 2> /dev/null || echo 0) >= ${APPLIES-3})))
    ;;
  *" rollout status "*) [[ -z "${UNREADY-}" ]] ;;
esac
TEXT
for script in check-images verify-images smoke; do
  printf '#!/usr/bin/env bash\necho "%s $*" >> "$LOG"\n[[ "${FAILING_SCRIPT-}" != %s ]]\n' "$script" "$script" > "scripts/$script.sh"
done

fresh() { : > "$LOG"; rm -f "$APPLIED"; }
# did TEXT TITLE / did_not TEXT TITLE: about the log of the last run.
did() { expect 0 "$1" "$2" cat "$LOG"; }
did_not() { expect 0 "absent" "$2" bash -c 'grep -qF -- "$1" "$2" || echo absent' _ "$1" "$LOG"; }

fresh
MIGRATIONS_RECORD="$sandbox/record" expect 0 "prod runs what this working tree says" "a good deployment" scripts/deploy.sh prod
did "verify-images prod" "the origin of the images is verified"
did "smoke prod" "it is asked from outside"
expect 0 "| succeeded |" "the migration is recorded" cat "$sandbox/record"
expect 0 "ok" "checks come first, migrations before workloads" bash -c '
  images=$(grep -n "^check-images" "$1" | head -n 1 | cut -d: -f1)
  first=$(grep -n "kubectl apply" "$1" | head -n 1 | cut -d: -f1)
  migration=$(grep -n "name: api-migrate-" "$1" | head -n 1 | cut -d: -f1)
  deployment=$(grep -n "    kind: Deployment" "$1" | head -n 1 | cut -d: -f1)
  ((images < first && first < migration && migration < deployment)) && echo ok' _ "$LOG"
did_not '"old": true' "nothing is undone"

fresh
FAILING_SCRIPT=check-images expect 1 "" "an image is refused" scripts/deploy.sh prod
did_not "kubectl apply" "and nothing is applied"

fresh
FAILING_SCRIPT=verify-images expect 1 "" "an image of unknown origin" scripts/deploy.sh prod
did_not "kubectl apply" "and nothing is applied"

fresh
CLUSTER="$name-staging" expect 1 "not to $name-prod" "the wrong cluster" scripts/deploy.sh prod
did_not "kubectl apply" "and nothing is applied"

fresh
MIGRATION="FailureTarget Failed" expect 1 "the previous version keeps serving" "a failed migration" scripts/deploy.sh prod
did_not "    kind: Deployment" "and the workloads stay"

fresh
APPLIES=2 expect 0 "Leaving migrations out" "without migrations" scripts/deploy.sh --skip-migrations prod
did_not "api-migrate" "and none ran"

# Where a database is restored, it comes first.
if [[ -e scripts/restore.sh ]]; then
  fresh
  FAILING_SCRIPT=check-images expect 0 "ready for its data" "only the data, without an image" scripts/deploy.sh --data-only prod
  did "kind: ServiceAccount" "configuration is applied"
  did "suspend: true" "and what runs by schedule waits for the data"
  did_not "    kind: Deployment" "and no workload starts"
  did_not "api-migrate" "nor a migration"
else
  expect 2 "usage" "no data to begin with" scripts/deploy.sh --data-only prod
fi

fresh
UNREADY=yes expect 1 "revision 4 -> 3" "pods that do not become ready" scripts/deploy.sh prod
did '"old": true' "and it goes back"

fresh
FAILING_SCRIPT=smoke expect 1 "the smoke test failed; going back" "a failed smoke test" scripts/deploy.sh prod
did '"old": true' "and it goes back"

fresh
APPLIES=9 FAILING_SCRIPT=smoke expect 1 "the smoke test failed" "a failed smoke test without a change" scripts/deploy.sh prod
did_not '"old": true' "and an unchanged Deployment stays"

fresh
NEW_DEPLOYMENT=yes FAILING_SCRIPT=smoke expect 1 "is new" "the first deployment fails" scripts/deploy.sh prod
did_not '"old": true' "and there is nothing to go back to"

fresh
FAILING_APPLY=3 expect 1 "kubectl apply failed; going back" "the API refuses" scripts/deploy.sh prod

fresh
SILENT_API=yes expect 1 "" "an API that does not say what runs" scripts/deploy.sh prod
did_not "kubectl apply" "and nothing is applied"

if grep -q PerconaServerMongoDB scripts/deploy.sh; then
  fresh
  MONGODB=yes expect 0 "Waiting for MongoDB" "with a database" scripts/deploy.sh prod
  did "--for=jsonpath={.status.observedGeneration}=7" "and what it was before does not count"
fi

expect 2 "usage" "an unknown environment" scripts/deploy.sh dev
finish

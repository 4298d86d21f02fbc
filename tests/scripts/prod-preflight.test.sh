#!/usr/bin/env bash
# Tests of scripts/prod_preflight.sh: the scripts that it calls are stand-ins.
# shellcheck disable=SC2016 # what is in single quotes is expanded later, by the stand-ins
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

for tool in kubectl curl; do
  stand_in "$tool" < /dev/null
done
for script in check-env check-images; do
  printf '#!/usr/bin/env bash\n[[ "${FAILING-}" != "%s $*" ]]\n' "$script" > "scripts/$script.sh"
done
for env in staging prod; do
  mkdir -p "k8s/overlays/$env/images"
  printf '# %s\nimages:\n  - name: api\n    digest: sha256:1\n' "$env" > "k8s/overlays/$env/images/kustomization.yaml"
done
git init --quiet --initial-branch main .
git config user.email test@example.org
git config user.name Test
git config commit.gpgsign false
git add -A && git commit --quiet -m start

expect 0 "Ready for production." "all is well" scripts/prod_preflight.sh
FAILING="check-env " expect 1 "failed: Variables have a home" "a variable without a home" scripts/prod_preflight.sh
FAILING="check-images prod" expect 1 "failed: Images of production" "an image is refused" scripts/prod_preflight.sh
echo change >> k8s/overlays/prod/images/kustomization.yaml
expect 1 "failed: Working tree" "a change that is not committed" scripts/prod_preflight.sh
printf 'images:\n  - name: api\n    digest: sha256:2\n' > k8s/overlays/prod/images/kustomization.yaml
git add -A && git commit --quiet -m "past staging"
expect 1 "does not name the digests that were tested in staging" "digests past staging" scripts/prod_preflight.sh
expect 2 "usage" "an unknown option" scripts/prod_preflight.sh --fast
finish

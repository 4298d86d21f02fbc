#!/usr/bin/env bash
# What must hold before production changes, asked in a minute and without touching anything: is this working tree sane,
# do the manifests render, has every variable a home, are the images exactly those that staging was tested with?
#
#   scripts/prod_preflight.sh            # release-prod.yml runs this before it asks for the approval
#   scripts/prod_preflight.sh --full     # also lints, type-checks, tests and builds every service, as CI does
set -euo pipefail
cd "$(dirname "$0")/.."

full=false
if [[ "${1:-}" == --full && $# -eq 1 ]]; then
  full=true
elif [[ $# -ne 0 ]]; then
  echo "usage: scripts/prod_preflight.sh [--full]" >&2
  exit 2
fi

failed=0
step() {
  local title="$1"
  shift
  echo "==> $title"
  if ! "$@"; then
    echo "failed: $title" >&2
    failed=$((failed + 1))
  fi
}

tools() {
  local tool missing=0
  for tool in git kubectl curl awk; do
    if ! command -v "$tool" > /dev/null; then
      echo "error: $tool is not installed" >&2
      missing=1
    fi
  done
  return "$missing"
}

clean() {
  if [[ -n "$(git status --porcelain)" ]]; then
    echo "error: the working tree differs from the commit; what is released must be in main:" >&2
    git status --short >&2
    return 1
  fi
}

# A promotion writes both files from one build. If they differ, production's digests were changed without going through staging.
same_as_staging() {
  local file=images/kustomization.yaml
  if ! diff <(grep -E '^ *(- )?(name|digest):' "k8s/overlays/staging/$file") \
    <(grep -E '^ *(- )?(name|digest):' "k8s/overlays/prod/$file"); then
    echo "error: prod (>) does not name the digests that were tested in staging (<)" >&2
    echo "hint: let the workflow Deploy staging open the promotion, or run the workflow Rollback to go back" >&2
    return 1
  fi
}

step "Tools" tools
step "Working tree" clean
step "Variables have a home" scripts/check-env.sh
step "Images of staging" scripts/check-images.sh --allow-unreleased staging
step "Images of production" scripts/check-images.sh prod
step "Digests were tested in staging" same_as_staging

check_web() (
  cd apps/web || exit 1
  npm ci || exit 1
  { npm run lint; } || exit 1
  { npm run typecheck; } || exit 1
  { npm test; } || exit 1
  { npm run build; } || exit 1
)
coverage_web() {
  scripts/coverage-gate.sh apps/web/coverage/lcov.info 80
}
check_api() (
  cd apps/api || exit 1
  npm ci || exit 1
  { npm run lint; } || exit 1
  { npm run typecheck; } || exit 1
  { npm test; } || exit 1
  { npm run build; } || exit 1
)
coverage_api() {
  scripts/coverage-gate.sh apps/api/coverage/lcov.info 80
}
check_worker() (
  cd apps/worker || exit 1
  npm ci || exit 1
  { npm run lint; } || exit 1
  { npm run typecheck; } || exit 1
  { npm test; } || exit 1
  { npm run build; } || exit 1
)
coverage_worker() {
  scripts/coverage-gate.sh apps/worker/coverage/lcov.info 80
}
if [[ "$full" == true ]]; then
  step "web: lint, types, tests, build" check_web
  step "web: coverage" coverage_web
  step "api: lint, types, tests, build" check_api
  step "api: coverage" coverage_api
  step "worker: lint, types, tests, build" check_worker
  step "worker: coverage" coverage_worker
fi

if [[ $failed -gt 0 ]]; then
  echo "error: $failed checks failed; production is not ready for this commit" >&2
  exit 1
fi
echo "Ready for production."

#!/usr/bin/env bash
# Formats, validates and tests every Terraform root and module, without credentials and without touching any state.
#
#   scripts/terraform-check.sh [DIRECTORY]      # default: all of infra/terraform
set -euo pipefail
cd "$(dirname "$0")/.."

tree="${1:-infra/terraform}"
# One download of each provider for all folders.
export TF_PLUGIN_CACHE_DIR="${TF_PLUGIN_CACHE_DIR:-$(mktemp -d)}"
export TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE=true
export TF_IN_AUTOMATION=true

terraform fmt -check -diff -recursive "$tree"

failed=0
while IFS= read -r directory; do
  echo "==> $directory"
  if ! terraform -chdir="$directory" init -backend=false -input=false > /dev/null; then
    failed=$((failed + 1))
    continue
  fi
  terraform -chdir="$directory" validate || failed=$((failed + 1))
  if compgen -G "$directory/tests/*.tftest.hcl" > /dev/null; then
    terraform -chdir="$directory" test || failed=$((failed + 1))
  fi
done < <(find "$tree" -name '*.tf' -not -path '*/.terraform/*' -exec dirname {} \; | sort -u)

if [[ $failed -gt 0 ]]; then
  echo "error: $failed checks failed" >&2
  exit 1
fi

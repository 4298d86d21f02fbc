#!/usr/bin/env bash
# Writes .terraform.lock.hcl of every Terraform root, with the hashes for CI and for laptops. Run it after a change
# of provider versions and commit the result: init then refuses a provider that is not the one reviewed.
set -euo pipefail

terraform="${TERRAFORM:-terraform}" # or tofu
cd "$(dirname "$0")/../infra/terraform"

for backend in $(find . -name backend.tf -not -path '*/.terraform/*' | sort); do
  root="$(dirname "$backend")"
  echo "== $root"
  "$terraform" -chdir="$root" get > /dev/null # the modules name providers too
  "$terraform" -chdir="$root" providers lock -platform=linux_amd64 -platform=linux_arm64 -platform=darwin_arm64
done

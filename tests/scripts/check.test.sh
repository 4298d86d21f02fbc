#!/usr/bin/env bash
# Tests of scripts/check: each part calls its tools, and alerts and their pages belong together.
# Only with scripts/restore.sh
# shellcheck disable=SC2016 # what is in single quotes is expanded later, by the stand-ins
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

export LOG="$sandbox/log"
cp -R "$repository/k8s" "$repository/docs" "$repository/infra" .
for tool in kubectl promtool terraform; do
  stand_in "$tool" <<< 'echo "${0##*/} $*" >> "$LOG"; [[ -z "${FAILING-}" || "$*" != *"$FAILING"* ]]'
done
for script in check-env check-images pinned-images; do
  printf '#!/usr/bin/env bash\necho "%s $*" >> "$LOG"\n' "$script" > "scripts/$script.sh"
done

expect 0 "" "manifests" scripts/check manifests
expect 0 "kubectl kustomize k8s/platform/cluster/" "the platform is rendered" cat "$LOG"
expect 0 "check-images --allow-unreleased prod" "images are checked" cat "$LOG"
FAILING=k8s/restore expect 1 "k8s/restore/ does not render" "a folder that does not render" scripts/check manifests
expect 0 "" "terraform" scripts/check terraform
FAILING=validate expect 1 "infra/terraform/registry is not valid" "an invalid root" scripts/check terraform
expect 0 "alerts" "every alert has its page, and every page its alert" scripts/check alerts
FAILING="test rules" expect 1 "an alert fails its tests" "promtool" scripts/check alerts
mv docs/runbooks/BackupStale.md docs/runbooks/BackupOld.md
expect 1 "the alert BackupStale has no page" "an alert without a page" scripts/check alerts
expect 1 "BackupOld.md is about an alert that does not exist" "a page without an alert" scripts/check alerts
expect 0 "" "images" scripts/check images
printf '#!/usr/bin/env bash\nexit 1\n' > scripts/pinned-images.sh
expect 1 "not the one of tools/images/compose.yaml" "an image that a bot has raised elsewhere" scripts/check images
expect 2 "usage" "an unknown part" scripts/check everything
finish

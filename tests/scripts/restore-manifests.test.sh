#!/usr/bin/env bash
# Tests of scripts/restore-manifests.sh in a repository of their own.
# Only with scripts/restore.sh
# shellcheck disable=SC2016 # what is in single quotes must arrive as it is
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

engine=mongodb
for other in postgresql mysql; do
  if [[ -d "$repository/k8s/base/$other" ]]; then engine="$other"; fi
done
git init --quiet --initial-branch main .
git config user.email test@example.org
git config user.name Test
git config commit.gpgsign false
mkdir -p k8s/platform k8s/overlays/prod/images k8s/overlays/prod/$engine k8s/base/$engine k8s/components/backup
echo good > k8s/a
echo good > k8s/overlays/prod/images/digests
databases=("k8s/overlays/prod/$engine/size" "k8s/base/$engine/version" k8s/components/backup/cronjob)
for file in "${databases[@]}"; do echo 1 > "$file"; done
git add -A && git commit --quiet -m good
good="$(git rev-parse HEAD)"
echo installed > k8s/platform/values
echo unrelated > k8s/unrelated
git add -A && git commit --quiet -m unrelated
echo bad > k8s/a
echo new > k8s/b
echo bad > outside
for file in "${databases[@]}"; do echo 2 > "$file"; done
git add -A && git commit --quiet -m bad
bad="$(git rev-parse HEAD)"
echo bad > k8s/overlays/prod/images/digests
echo kept > kept
git add -A && git commit --quiet -m promotion
git checkout --quiet -b elsewhere && echo x > k8s/c && git add -A && git commit --quiet -m elsewhere
elsewhere="$(git rev-parse HEAD)"
git checkout --quiet main

expect 2 "is not a full commit id" "a short id" scripts/restore-manifests.sh "${good:0:12}"
expect 2 "is not a full commit id" "a branch" scripts/restore-manifests.sh main
expect 2 "is not a full commit id" "a command" scripts/restore-manifests.sh '$(id)'
expect 1 "is not part of the history" "a commit of another branch" scripts/restore-manifests.sh "$elsewhere"
expect 1 "is not part of the history" "a commit that does not exist" scripts/restore-manifests.sh 0123456789012345678901234567890123456789
expect 0 "k8s/b" "a known good commit" scripts/restore-manifests.sh "$good"
expect 0 "good" "the manifests are back" cat k8s/a
expect 1 "" "later files are gone" test -e k8s/b
expect 0 "kept" "the rest stays" cat kept
for file in "${databases[@]}"; do
  expect 0 "2" "the database keeps version, size and backups: $file" cat "$file"
done
expect 0 "installed" "the platform stays, no deployment changes it" cat k8s/platform/values

# What docs/runbooks/rollback.md asks for afterwards: the record of the rollback is merged, and then taken back without the
# digests, together with the faulty change.
git add --all -- k8s && git commit --quiet -m "Record the rollback of production"
expect 0 "" "main says what the rollback deployed" git diff --exit-code "$good" -- k8s/a k8s/b k8s/overlays/prod/images
git revert --no-commit HEAD
git restore --source=HEAD --staged --worktree -- k8s/overlays/*/images
git commit --quiet -m "Bring back the manifests of main"
expect 0 "" "the faulty change can be reverted" git revert --no-edit "$bad"
expect 0 "good" "its manifests are mended" cat k8s/a
expect 1 "" "and its code is gone" test -e outside
expect 0 "unrelated" "what came with it returns" cat k8s/unrelated
expect 0 "good" "the digests stay those that run" cat k8s/overlays/prod/images/digests
finish

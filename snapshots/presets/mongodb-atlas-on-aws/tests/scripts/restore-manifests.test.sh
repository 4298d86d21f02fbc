#!/usr/bin/env bash
# Tests of scripts/restore-manifests.sh in a repository of their own.
# shellcheck disable=SC2016 # what is in single quotes must arrive as it is
# shellcheck source=tests/scripts/lib.sh
source "$(dirname "$0")/lib.sh"

git init --quiet --initial-branch main .
git config user.email test@example.org
git config user.name Test
git config commit.gpgsign false
mkdir k8s
echo good > k8s/a
git add -A && git commit --quiet -m good
good="$(git rev-parse HEAD)"
echo bad > k8s/a
echo new > k8s/b
echo kept > outside
git add -A && git commit --quiet -m bad
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
expect 0 "kept" "the rest stays" cat outside
finish

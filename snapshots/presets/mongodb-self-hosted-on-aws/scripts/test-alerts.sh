#!/usr/bin/env bash
# Runs the unit tests of the alerts in infra/monitoring/tests, and checks that every alert links a runbook that exists.
#
#   scripts/test-alerts.sh
#
# It takes promtool from the PATH, else from its image.
set -euo pipefail
cd "$(dirname "$0")/.."

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir -p "$work/infra/monitoring"
cp -R infra/monitoring/tests "$work/infra/monitoring/"

# promtool reads rule files, not PrometheusRule objects: the tests run on a copy that holds what is below `spec`.
rules=()
while IFS= read -r file; do
  rules+=("$file")
  mkdir -p "$work/$(dirname "$file")"
  awk '/^spec:/ { inside = 1; next } /^[^ #]/ { inside = 0 } inside { sub(/^  /, ""); print }' "$file" > "$work/$file"
done < <(grep -rl --include='*.yaml' '^kind: PrometheusRule$' k8s | sort)

if command -v promtool > /dev/null; then
  run() { (cd "$work" && promtool "$@"); }
else
  run() {
    docker run --rm --network none --read-only --volume "$work:/work:ro" --workdir /work --tmpfs /tmp --entrypoint promtool \
      docker.io/prom/prometheus:v3.14.0@sha256:5ce7540c3c00ef4ab0c9d2c995c6a5b9c421f44b4a115d97a2c7af3b1c21cbb0 "$@"
  }
fi

run check rules "${rules[@]}"
(cd "$work" && find infra/monitoring/tests -name '*.test.yaml' | sort) > "$work/tests"
# shellcheck disable=SC2046 # the names hold no spaces
run test rules $(cat "$work/tests")

failed=0
while IFS= read -r page; do
  if [ ! -f "docs/runbooks/$page" ]; then
    echo "error: an alert links docs/runbooks/$page, which does not exist" >&2
    failed=1
  fi
done < <(sed -n 's#.*runbook_url: .*/docs/runbooks/\(.*\.md\)"\{0,1\}$#\1#p' "${rules[@]}" | sort -u)
[ "$failed" -eq 0 ]
echo "all alerts pass their tests and have a runbook"

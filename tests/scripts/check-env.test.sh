#!/usr/bin/env bash
# Tests of scripts/check-env.sh: kubectl prints a rendered overlay from a file.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

export RENDERED="$sandbox/rendered.yaml"
stand_in kubectl <<'TEXT'
file="$RENDERED.$(basename "$2")"
[[ -f "$file" ]] || file="$RENDERED"
cat "$file"
TEXT

cat > "$RENDERED" <<'TEXT'
apiVersion: v1
data:
  LOG_LEVEL: info
kind: ConfigMap
metadata:
  name: api-config
---
apiVersion: v1
data:
  config.js: |
    globalThis.config = { API_URL: "https://example.org" };
kind: ConfigMap
---
apiVersion: external-secrets.io/v1
kind: ExternalSecret
spec:
  data:
  - remoteRef:
      key: shop/prod/api
    secretKey: SESSION_KEY
  target:
    template:
      data:
        MONGODB_URI: '{{ .uri }}'
---
apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      containers:
      - env:
        - name: REGION
          value: eu
        envFrom:
        - configMapRef:
            name: api-config
        name: api
---
apiVersion: v1
data:
  BUCKET: a-job-of-the-platform-reads-this
kind: ConfigMap
metadata:
  name: backup-config
TEXT
sample() { printf '%s\n' "$@" > .env.sample; }

sample "# Level" LOG_LEVEL=debug API_URL= SESSION_KEY= MONGODB_URI= REGION=
expect 0 "5 variables" "all have a home" scripts/check-env.sh
expect 0 "SESSION_KEY: secret" "lists a secret" scripts/check-env.sh --list
expect 0 "LOG_LEVEL: config" "lists configuration" scripts/check-env.sh --list
expect 0 "API_URL: runtime" "lists runtime configuration" scripts/check-env.sh --list

sample LOG_LEVEL= API_URL= SESSION_KEY= MONGODB_URI= REGION= LOST=
expect 1 "names LOST, but" "a variable without a home" scripts/check-env.sh
sample LOG_LEVEL= API_URL= SESSION_KEY= MONGODB_URI= REGION= "# Only for debugging, local only" LOST=
expect 0 "6 variables" "a variable of laptops" scripts/check-env.sh
sample LOG_LEVEL= SESSION_KEY= MONGODB_URI= REGION=
expect 0 "4 variables" "a runtime value need not be a variable" scripts/check-env.sh
sample LOG_LEVEL= API_URL= MONGODB_URI= REGION=
expect 1 "sets SESSION_KEY (secret)" "a secret that nobody knows of" scripts/check-env.sh

sample LOG_LEVEL= API_URL= SESSION_KEY= MONGODB_URI= REGION=
sed 's/LOG_LEVEL/LOG_LEVELS/' "$RENDERED" > "$RENDERED.prod"
expect 1 "do not set the same variables" "environments differ" scripts/check-env.sh

rm .env.sample
expect 1 "does not exist" "no sample" scripts/check-env.sh
finish

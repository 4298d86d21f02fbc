#!/usr/bin/env bash
# Runs upload, remote verification, list, fetch and drill of a generated repository against a real S3
# API: the AWS command line and a moto server on this machine. The database tools are the stand-ins of
# the script tests. Usage: run.sh GENERATED_REPOSITORY [ENVIRONMENT]
# Needs aws and moto_server (requirements.txt), gzip, jq and node on PATH.
set -euo pipefail

repository="$(cd "${1:?usage: run.sh GENERATED_REPOSITORY [ENVIRONMENT]}" && pwd)"
environment="${2:-staging}"
stand_ins="$(cd "$(dirname "${BASH_SOURCE[0]}")/../scripts/stand-ins" && pwd)"
backup="$repository/k8s/components/backup/scripts"
drill="$repository/k8s/components/restore-drill/scripts"
settings="$repository/k8s/overlays/$environment/backup/kustomization.yaml"
world="$(mktemp -d)"
server=""
passed=0
failed=0

stop() {
  [ -z "$server" ] || kill "$server" 2> /dev/null || true
  rm -rf "$world"
}
trap stop EXIT

# check STATUS DESCRIPTION COMMAND...
check() {
  local expected="$1" description="$2" status=0
  shift 2
  "$@" > "$world/output" 2>&1 || status=$?
  if [ "$status" = "$expected" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf 'FAILED (%s instead of %s): %s\n' "$status" "$expected" "$description" >&2
    sed 's/^/    /' "$world/output" >&2
  fi
}

# Only the database tools are stand-ins; aws is the real one. moto computes the checksum of joined parts but
# leaves it out of the answer to CompleteMultipartUpload, where S3 has it: it is asked for separately.
real_aws="$(command -v aws)"
mkdir "$world/bin"
for tool in mongod mongodump mongorestore mongosh; do ln -s "$stand_ins/$tool" "$world/bin/$tool"; done
cat > "$world/bin/aws" << AWS
#!/usr/bin/env bash
set -euo pipefail
if [ "\${2:-}" != complete-multipart-upload ]; then
  exec "$real_aws" "\$@"
fi
answer="\$("$real_aws" "\$@")"
IFS=\$'\t' read -r etag sum <<< "\$answer"
[ "\$sum" = None ] || { echo "moto answers in full now: drop this wrapper" >&2; exit 1; }
while [ "\$#" -gt 0 ]; do
  case "\$1" in --bucket) bucket="\$2" ;; --region) region="\$2" ;; --key) key="\$2" ;; esac
  shift
done
printf '%s\t' "\$etag"
"$real_aws" s3api head-object --bucket "\$bucket" --region "\$region" --key "\$key" --checksum-mode ENABLED --query ChecksumSHA256 --output text
AWS
chmod +x "$world/bin/aws"
export PATH="$world/bin:$PATH" STAND_IN="$world" FAIL=""

port="$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')"
moto_server -H 127.0.0.1 -p "$port" > "$world/moto.log" 2>&1 &
server=$!
export AWS_ENDPOINT_URL="http://127.0.0.1:$port" AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_PAGER="" HOME="$world"
for _ in $(seq 60); do
  if aws s3api list-buckets --region us-east-1 > /dev/null 2>&1; then break; fi
  sleep 0.5
done

ENVIRONMENT="$environment"
BUCKET="$(sed -n 's/^ *- BUCKET=//p' "$settings")"
BUCKET_REGION="$(sed -n 's/^ *- BUCKET_REGION=//p' "$settings")"
export ENVIRONMENT BUCKET BUCKET_REGION MIN_SIZE_PERCENT=50 USE_OPLOG=false
export WORK="$world/work" CREDENTIALS="$world/credentials" URI_FILE="$world/uri" RPO_LIMIT_SECONDS=3600 RTO_LIMIT_SECONDS=3600
aws s3api create-bucket --bucket "$BUCKET" --region "$BUCKET_REGION" --object-lock-enabled-for-bucket \
  --create-bucket-configuration LocationConstraint="$BUCKET_REGION" > /dev/null
aws s3api put-object-lock-configuration --bucket "$BUCKET" --region "$BUCKET_REGION" \
  --object-lock-configuration '{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"GOVERNANCE","Days":1}}}'

# prepare BYTES: an archive of at least so many bytes that do not compress
prepare() {
  rm -rf "$WORK" "$CREDENTIALS"
  mkdir -p "$WORK" "$CREDENTIALS"
  echo mongodb://db.example/ > "$URI_FILE"
  python3 - "$1" > "$world/source.json" << 'PY'
import base64, json, os, sys
print(json.dumps({"shop.orders": {"documents": 5, "newest": None, "indexes": 1, "filler": base64.b64encode(os.urandom(int(sys.argv[1]))).decode()}}))
PY
  SCRIPTS="$backup" bash "$backup/dump.sh"
  SCRIPTS="$backup" bash "$backup/verify.sh"
}
upload() { bash "$backup/upload.sh"; }
run_drill() {
  rm -rf "$WORK"
  mkdir -p "$WORK"
  SCRIPTS="$drill" bash "$drill/fetch.sh"
  SCRIPTS="$drill" bash "$drill/restore.sh"
  bash "$drill/report.sh"
}

prepare 1000000 > /dev/null 2>&1
check 0 "a small archive is uploaded" upload
check 1 "the same backup is not overwritten" upload
grep -q PreconditionFailed "$world/output" || { echo "FAILED: refused for another reason" >&2; cat "$world/output" >&2; failed=$((failed + 1)); }
check 0 "it is listed" "$repository/scripts/restore.sh" list "$environment"
check 0 "it is fetched and checked" "$repository/scripts/restore.sh" fetch "$environment" latest "$world/got"
check 0 "the drill succeeds" run_drill
check 0 "its result is in the bucket" bash -c "aws s3 cp --recursive --quiet --region '$BUCKET_REGION' 's3://$BUCKET/drills/' '$world/drills' && cat '$world'/drills/*.json | jq -e .ok"

sleep 1
prepare 1000 > /dev/null 2>&1
check 65 "a dump that shrank is refused" upload

# S3 takes no part below 5 MiB but the last.
prepare 12000000 > /dev/null 2>&1
export PART_BYTES=5242880
check 0 "a large archive is uploaded in parts" upload
check 0 "the drill of the large archive succeeds" run_drill
cp "$WORK/dump.archive.gz" "$world/large"

prepare 12000000 > /dev/null 2>&1
newest="$(aws s3api list-objects-v2 --bucket "$BUCKET" --region "$BUCKET_REGION" --prefix mongodb/ --query 'Contents[].Key' --output text |
  tr '\t' '\n' | grep dump.archive.gz$ | tail -n 1)"
printf x >> "$world/large"
check 0 "the object is replaced behind our back" aws s3api put-object --bucket "$BUCKET" --region "$BUCKET_REGION" --key "$newest" --body "$world/large"
check 1 "the drill notices" run_drill
check 1 "an endpoint that does not answer is a failure" env AWS_ENDPOINT_URL=http://127.0.0.1:1 AWS_MAX_ATTEMPTS=1 bash "$backup/upload.sh"

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]

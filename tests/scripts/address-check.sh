# For tests of the jobs that show whether what others operate is reached: takes the script out of the manifest of `STORE`, with
# a network in which db.example.com:5433 and other.example.com:5432 answer.
#
#   STORE=database VARIABLE=DATABASE_URL; . address-check.sh
# shellcheck shell=bash
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2016 # the line of the script
sed -n 's/^ \{18\}//p' "$repository/k8s/base/$STORE/cron-job.yaml" | sed '/^exit "\$failed"$/q' > check.sh
grep -q "/run/secrets/$STORE/$VARIABLE" check.sh
sed -i.bak "s|/run/secrets/$STORE/$VARIABLE|$sandbox/address|; s/timeout 10 bash -c .* 2>/asks \"\$host\" \"\$at\" 2>/" check.sh
stand_in asks <<'TEXT'
[[ "$1 $2" == "db.example.com 5433" || "$1 $2" == "other.example.com 5432" ]]
TEXT
stand_in getent <<'TEXT'
[[ "$2" == *.example.com ]]
TEXT

# address STATUS TEXT ADDRESS
address() {
  printf '%s\n' "$3" > "$sandbox/address"
  expect "$1" "$2" "$3" bash check.sh
  if grep -q 'S3cret' "$sandbox/output"; then
    echo "FAILED: $3: a part of the password is printed"
    failed=$((failed + 1))
  fi
}

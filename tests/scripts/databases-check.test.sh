#!/usr/bin/env bash
# The job that shows whether further databases are reached: each is named, and one that is not does not hide the others.
# Only with k8s/base/databases/cron-job.yaml
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

# shellcheck disable=SC2016 # the line of the script
sed -n 's/^ \{18\}//p' "$repository/k8s/base/databases/cron-job.yaml" | sed '/^exit "\$all"$/q' > check.sh
grep -q '/run/secrets/databases/' check.sh
sed -i.bak "s|/run/secrets/databases|$sandbox/databases|; s/timeout 10 bash -c .* 2>/asks \"\$host\" \"\$at\" 2>/" check.sh
# a network in which db.example.com answers at every port but 1
stand_in asks <<'TEXT'
[[ "$1" == db.example.com && "$2" != 1 ]]
TEXT
stand_in getent <<'TEXT'
[[ "$2" == *.example.com ]]
TEXT

mkdir "$sandbox/databases"
names="$(sed -n 's/^check \([a-z0-9-]*\) [0-9]*.*/\1/p' check.sh)"
for name in $names; do
  echo 'postgresql://u:S3cret@db.example.com/x' > "$sandbox/databases/$name"
done
first="$(head -n 1 <<< "$names")"
port="$(sed -n "s/^check $first \([0-9]*\).*/\1/p" check.sh)"
expect 0 "db.example.com answers at port $port" "all are reached" bash check.sh
echo 'postgresql://u:S3cret@db.example.com:1/x' > "$sandbox/databases/$first"
expect 1 "db.example.com does not answer at port 1" "one is not" bash check.sh
for name in $names; do
  expect 1 "$name:" "each is asked" bash check.sh
done
if grep -q 'S3cret' "$sandbox/output"; then
  echo "FAILED: a part of a password is printed"
  failed=$((failed + 1))
fi
finish

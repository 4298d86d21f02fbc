#!/usr/bin/env bash
# scripts/check-env.sh on whole overlays: names that services have for what is generated, values of builds, optional secrets.
# Only with k8s/overlays/prod/services/reports/config.env
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"

cp -R "$repository/k8s" "$repository/.env.sample" .

expect 0 "all with a home" "every variable has a home" scripts/check-env.sh
for line in "MONGO_URI: secret" "DATABASE_URL: secret" "MODE: config" "ConnectionStrings__Api: config" "SUPPORT_EMAIL: runtime" \
  "STRIPE_SECRET_KEY: secret" "VITE_API_URL: local only"; do
  expect 0 "$line" "$line" scripts/check-env.sh --list
done

# no pod has the name of the key
echo "MONGODB_URI=" >> .env.sample
expect 1 "names MONGODB_URI, but" "the key of the Secret is no variable" scripts/check-env.sh
sed -i.bak '/^MONGODB_URI=/d; /^MONGO_URI=/d; /^DATABASE_URL=/d' .env.sample
expect 1 "sets MONGO_URI (secret)" "a file of a Secret is a variable" scripts/check-env.sh
expect 1 "sets DATABASE_URL (secret)" "so is a key in the environment" scripts/check-env.sh

finish

#!/bin/bash
# Starts the only member of the replica set rs0, and sets its users as soon as it answers.
set -euo pipefail

umask 077
cat /tls/tls.crt /tls/tls.key > /tmp/mongod.pem

(
  until mongosh --quiet --nodb --file /scripts/users.js; do sleep 5; done
) &

exec mongod --replSet rs0 --bind_ip_all --dbpath /data/db \
  --clusterAuthMode x509 --tlsMode requireTLS --tlsCertificateKeyFile /tmp/mongod.pem --tlsCAFile /tls/ca.crt \
  --tlsAllowConnectionsWithoutCertificates

#!/bin/bash
# Starts the replica set rs0, which has this one member. It is ready once its users are set.
set -euo pipefail

umask 077
rm -f /tmp/ready
cat /tls/tls.crt /tls/tls.key > /tmp/mongod.pem

(
  until mongosh --quiet --nodb --file /scripts/users.js; do sleep 5; done
  touch /tmp/ready
) &

exec mongod --replSet rs0 --bind_ip_all --dbpath /data/db --auth \
  --clusterAuthMode x509 --tlsMode requireTLS --tlsCertificateKeyFile /tmp/mongod.pem --tlsCAFile /tls/ca.crt \
  --tlsAllowConnectionsWithoutCertificates

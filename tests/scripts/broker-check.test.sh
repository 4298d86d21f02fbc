#!/usr/bin/env bash
# The job that shows whether an existing message broker is reached, with the addresses that clients of NATS and RabbitMQ take.
# Only with k8s/base/broker/cron-job.yaml
# shellcheck source-path=SCRIPTDIR
STORE=broker VARIABLE=BROKER_URL
. "$(dirname "$0")/address-check.sh"

address 0 "db.example.com answers at port 5433" 'tls://u:S3cret@db.example.com:5433'
address 0 "other.example.com answers at port 5432" 'tls://u:S3cret@db.example.com:5433,other.example.com:5432'
address 0 "other.example.com answers at port 5432" 'nats://u:S3cret@db.example.com:5433,nats://u:S3cret@other.example.com:5432'
address 1 "db.example.com does not answer at port 4222" 'amqp://u:S3cret@db.example.com:5433;amqp://u:S3cret@db.example.com:4222'
address 0 "db.example.com answers at port 5433" 'amqps://u:S3cret@db.example.com:5433/shop?heartbeat=30'
address 1 "db.example.com does not answer at port" 'amqps://u:S3cret@db.example.com/shop'
address 1 "neither a scheme" 'db.example.com'

finish

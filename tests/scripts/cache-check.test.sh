#!/usr/bin/env bash
# The job that shows whether an existing cache is reached, with the addresses that clients of Redis take.
# Only with k8s/base/cache/cron-job.yaml
# shellcheck source-path=SCRIPTDIR
STORE=cache VARIABLE=CACHE_URL
. "$(dirname "$0")/address-check.sh"

address 0 "db.example.com answers at port 5433" 'rediss://u:S3cret@db.example.com:5433/0'
address 0 "db.example.com answers at port 5433" 'redis://:S3cret@db.example.com:5433'
address 1 "db.example.com does not answer at port 63" 'rediss://u:S3cret@db.example.com'
address 1 "db.example.com does not answer at port 26379" 'redis://:S3cret@db.example.com:5433;redis://:S3cret@db.example.com:26379'
address 0 "other.example.com answers at port 5432" 'rediss://:S3cret@db.example.com:5433,rediss://:S3cret@other.example.com:5432'
address 0 "db.example.com answers at port 5433" 'db.example.com:5433,password=S3cret,ssl=True,abortConnect=False'
address 0 "other.example.com answers at port 5432" 'db.example.com:5433,other.example.com:5432,password=S3cret'
address 1 "neither a scheme such as rediss://" 'db.example.com'

finish

#!/usr/bin/env bash
# The job that shows whether an existing database is reached: it asks every host of the address, and prints nothing else of it.
# Only with k8s/base/database/cron-job.yaml
# shellcheck source-path=SCRIPTDIR
STORE=database VARIABLE=DATABASE_URL
. "$(dirname "$0")/address-check.sh"

address 0 "db.example.com answers at port 5433" 'postgresql://u:S3cret@db.example.com:5433/shop?sslmode=require'
address 0 "other.example.com answers at port 5432" 'postgresql://u:S3cret@other.example.com/shop?application_name=a@b'
address 0 "db.example.com answers at port 5433" 'jdbc:postgresql://db.example.com:5433/shop?user=u&password=a@S3cret'
address 0 "db.example.com answers at port 5433" 'sqlserver://db.example.com:5433;user=u;password=a@S3cret'
address 0 "db.example.com answers at port 5433" 'postgresql://u:a/S3cret@db.example.com:5433/shop'
address 1 "db.example.com does not answer at port 1" 'mongodb://u:S3cret@db.example.com:5433,db.example.com:1/shop'
address 1 "nowhere.invalid is not found in DNS" 'mysql://u:S3cret@nowhere.invalid/shop'
address 1 "no host that can be read" 'postgresql://u:a?S3cret@db.example.com:5433/shop'
address 1 "no host that can be read" 'postgresql://u:S3cret@[::1]:5433/shop'
address 1 "no host that can be read" 'postgresql:///shop?password=S3cret'
address 0 "not checked: mongodb+srv names DNS records" 'mongodb+srv://u:S3cret@db.example.com/shop'
address 0 "db.example.com answers at port 5433" 'host=db.example.com port=5433 password=S3cret'
address 0 "db.example.com answers at port 5433" 'Server=tcp:db.example.com,5433;User Id=u;Password=a@S3cret'
address 0 "db.example.com answers at port 5433" 'u:a/S3cret@tcp(db.example.com:5433)/shop?parseTime=true'
address 0 "other.example.com answers at port 5432" 'postgresql://u:S3cret@db.example.com:5433,other.example.com/shop'
address 1 "neither a scheme" 'the address'
address 1 "neither a scheme" ''

finish

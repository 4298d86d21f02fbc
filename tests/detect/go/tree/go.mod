module github.com/acme/ledger/v2

go 1.22.5

require (
	github.com/jackc/pgx/v5 v5.6.0
	github.com/nats-io/nats.go v1.36.0 // events
	github.com/redis/go-redis/v9 v9.6.0 // indirect
)

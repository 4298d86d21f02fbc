module github.com/acme/links

go 1.26

require github.com/redis/go-redis/v9 v9.14.0

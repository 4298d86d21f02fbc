package main

import "github.com/redis/go-redis/v9"

func main() {
	take(redis.NewClient(&redis.Options{}))
}

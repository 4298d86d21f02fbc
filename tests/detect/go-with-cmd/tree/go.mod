module example.com/ledger

go 1.25

require (
	github.com/labstack/echo/v4 v4.13.3
	go.mongodb.org/mongo-driver/v2 v2.2.0
)

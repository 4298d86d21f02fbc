package main

func main() {
	e.GET("/healthz", ok)
	e.Logger.Fatal(e.Start(":1323"))
}

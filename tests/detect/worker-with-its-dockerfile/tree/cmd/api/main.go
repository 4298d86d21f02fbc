package main

import "net/http"

func main() {
	http.HandleFunc("/health/live", func(w http.ResponseWriter, _ *http.Request) {})
	_ = http.ListenAndServe(":8080", nil)
}

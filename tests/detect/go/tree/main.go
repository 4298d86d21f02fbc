package main

import "net/http"

func main() {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", ok)
	mux.HandleFunc("/readyz", ready)
	http.ListenAndServe(":8080", mux)
}

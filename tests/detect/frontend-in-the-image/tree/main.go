package main

import (
	"embed"
	"net/http"

	"github.com/go-chi/chi/v5"
)

//go:embed web/dist
var pages embed.FS

func main() {
	r := chi.NewRouter()
	prefix := ""
	r.Get(prefix + "/_healthz", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	r.Handle("/*", http.FileServerFS(pages))
	_ = http.ListenAndServe(":8080", r)
}

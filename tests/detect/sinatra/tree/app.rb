require "sinatra"
set :port, 4568
get("/healthz") { "ok" }

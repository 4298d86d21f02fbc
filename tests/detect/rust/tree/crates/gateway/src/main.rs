fn app<'a>() -> Router {
    Router::new().route("/livez", get(live)).route("/metrics", get(metrics))
}

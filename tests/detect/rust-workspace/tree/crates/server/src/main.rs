fn main() {
    let listener = TcpListener::bind("0.0.0.0:3030");
    let app = Router::new().route("/healthz", get(ok));
}

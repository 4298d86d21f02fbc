//! The smallest service that keeps to the service contract.

use std::env;
use std::io::{Read, Write};
use std::net::TcpListener;

unsafe extern "C" {
    fn signal(number: i32, handler: extern "C" fn(i32)) -> usize;
}

extern "C" fn stop(_: i32) {
    std::process::exit(0);
}

fn main() {
    unsafe { signal(15, stop) };
    let listener = TcpListener::bind(("0.0.0.0", env::var("PORT").unwrap().parse().unwrap())).unwrap();
    for mut stream in listener.incoming().flatten() {
        let _ = stream.read(&mut [0; 1024]);
        let secret = env::var("SESSION_KEY").is_ok_and(|key| key == "from a file");
        let status = if secret { "200 OK" } else { "500 No secret" };
        let _ = write!(stream, "HTTP/1.0 {status}\r\n\r\n");
    }
}

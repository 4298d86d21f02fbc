//! Generated manifests, where two of them must agree.

use serde_yaml::Value;

use crate::support::{read_tree, root};

const PRESETS: [&str; 2] = ["mongodb-atlas-on-aws", "mongodb-self-hosted-on-aws"];

/// Seconds after which the servers of services close an idle connection where nobody sets it: Node.js
/// (`server.keepAliveTimeout`) and uvicorn (`--timeout-keep-alive`).
const SERVERS_CLOSE_AFTER: u64 = 5;

fn text(preset: &str, path: &str) -> String {
    std::fs::read_to_string(root().join("snapshots/presets").join(preset).join(path)).unwrap()
}

fn seconds(text: &str) -> u64 {
    text.trim_end_matches([';', 's']).parse().unwrap()
}

#[test]
fn the_gateway_drops_idle_connections_before_services_do() {
    for preset in PRESETS {
        let policy: Value =
            serde_yaml::from_str(&text(preset, "k8s/base/gateway/backend-traffic-policy.yaml")).unwrap();
        let idle = seconds(policy["spec"]["timeout"]["http"]["connectionIdleTimeout"].as_str().unwrap());
        assert!(idle < SERVERS_CLOSE_AFTER, "{preset}: the gateway keeps connections for {idle} s");

        let tree = read_tree(&root().join("snapshots/presets").join(preset));
        let nginx = tree.iter().filter(|(path, _)| path.ends_with("/nginx.conf"));
        for (path, file) in nginx {
            let conf = String::from_utf8(file.bytes.clone()).unwrap();
            let kept = conf.lines().find_map(|line| line.trim().strip_prefix("keepalive_timeout ")).unwrap();
            assert!(idle < seconds(kept), "{preset}: {path} keeps connections for {kept}");
        }

        let contract = text(preset, "docs/service-contract.md");
        assert!(
            contract.contains(&format!(
                "after {} seconds without a request",
                ["", "", "two", "three", "four"][idle as usize]
            ))
        );
        // A POST that may have been carried out is never repeated.
        let triggers = &policy["spec"]["retry"]["retryOn"]["triggers"];
        assert!(!triggers.as_sequence().unwrap().iter().any(|t| t == "reset" || t == "5xx" || t == "gateway-error"));
    }
}

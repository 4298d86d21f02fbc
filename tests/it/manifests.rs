//! Generated manifests and runbooks, where two of them or their users must agree.

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

/// Options that only the tools of Linux have; people run the commands of the documents on macOS as well.
const GNU_ONLY: [&str; 7] = ["date -d", "date -u -d", "date --date", "sed -i ", "base64 -w", "readlink -f", "stat -c"];

#[test]
fn commands_of_the_documents_run_on_macos_too() {
    for (path, file) in read_tree(&root().join("snapshots")).iter().filter(|(path, _)| path.ends_with(".md")) {
        let text = String::from_utf8_lossy(&file.bytes);
        let found: Vec<&&str> = GNU_ONLY.iter().filter(|option| text.contains(**option)).collect();
        assert!(found.is_empty(), "{path}: {found:?}");
    }
}

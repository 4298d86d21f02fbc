//! Parts of the cloud that exist already: networks, clusters and DNS zones.

use serde_json::{Value, json};
use serde_yaml::Value as Yaml;

use crate::cases::{outcome, there};
use crate::support;

const PARTS: &str = "cases/aws/account/existing-parts";
const ZONES: &str = "cases/aws/account/existing-zones";
const NETWORKS: &str = "cases/aws/account/existing-networks";
const CLUSTERS: [&str; 3] = [
    "cases/aws/eks/existing-clusters",
    "cases/aws/eks/existing-clusters-of-an-account",
    "cases/aws/eks/small-existing-cluster",
];

/// Everything that a case generates, one file after the other.
fn everything(case: &str) -> String {
    let files = outcome(case).rendered.tree.files.iter();
    files.map(|(path, file)| format!("{path}\n{}\n", String::from_utf8_lossy(&file.bytes))).collect()
}

/// Why answers are refused, or nothing.
fn refusal(sets: &[(&str, Value)], production: Value) -> String {
    let mut environments = json!([
        {"name": "staging", "network": "10.10.0.0/16", "account": "111122223333"},
        {"name": "prod", "production": true, "network": "10.20.0.0/16", "account": "444455556666"},
    ]);
    environments[1].as_object_mut().unwrap().extend(production.as_object().unwrap().clone());
    let sets: Vec<_> = [("environments", environments)].into_iter().chain(sets.iter().cloned()).collect();
    support::refusal("no-database-on-aws", &sets)
}

/// Two environments in one zone must not delete each other's records, nor those of others.
#[test]
fn records_in_a_zone_of_others_have_one_owner() {
    let values = |environment: &str| -> Yaml {
        serde_yaml::from_str(&there(ZONES, &format!("k8s/platform/external-dns/{environment}/values.yaml"))).unwrap()
    };
    let base: Yaml = serde_yaml::from_str(&there(ZONES, "k8s/platform/external-dns/values.yaml")).unwrap();
    assert!(base.get("txtOwnerId").is_none() && base.get("domainFilters").is_none());
    assert_eq!(base["extraArgs"]["aws-zone-match-parent"], true);
    for (environment, host) in [("staging", "staging.shop.example.com"), ("prod", "shop.example.com")] {
        let values = values(environment);
        assert_eq!(values["txtOwnerId"], format!("shop-{environment}"));
        assert_eq!(values["domainFilters"][0], host);
    }
    assert_eq!(values("prod")["excludeDomains"][0], "staging.shop.example.com");
    let roles = there(ZONES, "infra/terraform/modules/environment/platform.tf");
    assert!(roles.contains(r#"= [var.host, "*.${var.host}"]"#), "{roles}");
    assert!(roles.contains(r#"= ["_acme-challenge.${var.host}", "_acme-challenge.*.${var.host}"]"#), "{roles}");
    assert!(roles.contains("[data.aws_route53_zone.this.arn]") && !roles.contains("[aws_route53_zone"), "{roles}");
}

/// What belongs to others is neither made nor changed, and no page says that it is.
#[test]
fn what_exists_is_only_read() {
    for case in [PARTS, ZONES] {
        let all = everything(case);
        for gone in
            ["resource \"aws_route53_zone\"", "delegations", "name_servers", "aws_route53_query_log", "dnssec.tf"]
        {
            assert!(!all.contains(gone), "{case}: {gone}");
        }
        assert!(!there(case, "docs/first-hour.md").contains("Delegate"), "{case}");
    }
    for case in [PARTS, NETWORKS] {
        let all = everything(case);
        for gone in [
            "resource \"aws_vpc\"",
            "aws_nat_gateway",
            "nat_addresses",
            "NAT gateway",
            "aws_flow_log",
            "modules/network",
        ] {
            assert!(!all.contains(gone), "{case}: {gone}");
        }
        assert!(there(case, "docs/first-hour.md").contains("`kubernetes.io/role/internal-elb`"), "{case}");
    }
}

#[test]
fn each_environment_names_its_parts() {
    let staging = there(PARTS, "infra/terraform/environments/staging/main.tf");
    assert!(staging.contains("zone = \"staging.shop.example.com\""), "{staging}");
    assert!(staging.contains("vpc_id             = \"vpc-0a1b2c3d4e5f60718\""), "{staging}");
    assert!(staging.contains("\"subnet-0a1b2c3d4e5f60713\"]"), "{staging}");
    assert!(staging.contains("cidr               = \"10.10.0.0/20\""), "{staging}");
    assert!(there(PARTS, "infra/terraform/environments/prod/main.tf").contains("zone = \"shop.example.com\""));
    let policies = there(PARTS, "k8s/platform/cluster/network-policies.yaml");
    assert!(policies.contains("cidr: 10.10.0.0/20") && policies.contains("cidr: 10.20.0.0/16"), "{policies}");
}

/// The zone has the record of the old place already: it is handed over, and nothing is delegated.
#[test]
fn a_move_within_the_zone_hands_the_record_over() {
    let page = there(PARTS, "docs/runbooks/moving-in.md");
    assert!(page.contains("external-dns/owner=shop-prod"), "{page}");
    assert!(page.contains("list-hosted-zones-by-name --dns-name shop.example.com "), "{page}");
    let certificate = page.find("wait certificate/shop-tls").unwrap();
    assert!(certificate < page.find("change-resource-record-sets").unwrap(), "{page}");
    for gone in ["legat", "the new zone", "nat_addresses"] {
        assert!(!page.contains(gone), "{gone}: {page}");
    }
    assert!(page.contains("those who operate the network know"), "{page}");
}

#[test]
fn parts_that_cannot_be_used_are_refused() {
    let existing = [("networks", json!("existing"))];
    let vpc = "vpc-0a1b2c3d4e5f60718";
    let subnets = |count: usize| -> Value { (0..count).map(|n| json!(format!("subnet-0000000{n}"))).collect() };
    let why = refusal(&existing, json!({"vpc": vpc, "private_subnets": subnets(2)}));
    assert!(why.contains("fewer than the three zones that the cluster needs"), "{why}");
    let why = refusal(&existing, json!({"vpc": "my-network", "private_subnets": subnets(3)}));
    assert!(why.contains("which is not the id of a VPC"), "{why}");
    let why = refusal(&[], json!({"vpc": vpc}));
    assert!(why.contains("`networks: existing`"), "{why}");
    let why = refusal(&[], json!({"network": "10.20.0.0/20"}));
    assert!(why.contains("which is a /20 where a /16 is needed"), "{why}");
    let why = refusal(&[("dns_zones", json!("existing"))], json!({"zone": "example.org"}));
    assert!(why.contains("which is neither the `host` of the environment nor above it"), "{why}");
    // staging is below shop.example.com, whose zone would be asked for it
    let zones = |staging: &str| {
        let environments = json!([
            {"name": "staging", "network": "10.10.0.0/16", "account": "111122223333", "zone": staging},
            {"name": "prod", "production": true, "network": "10.20.0.0/16", "account": "444455556666", "zone": "shop.example.com"},
        ]);
        let sets = [("dns_zones", json!("existing")), ("environments", environments)];
        support::refusal("no-database-on-aws", &sets)
    };
    assert!(zones("example.com").contains("does not answer for its `host`"), "{}", zones("example.com"));
    assert!(zones("shop.example.com").contains("the same name in another account"), "{}", zones("shop.example.com"));
    assert_eq!(zones("staging.shop.example.com"), "");
    assert_eq!(refusal(&[("dns_zones", json!("existing"))], json!({})), "");
    let why = refusal(&[], json!({"zone": "example.com"}));
    assert!(why.contains("`dns_zones: existing`"), "{why}");
}

/// An account has one provider for the tokens of GitHub: Terraform makes it where it is not there, and reads it where it is.
#[test]
fn the_provider_of_an_account_is_made_once() {
    let module = |case: &str| there(case, "infra/terraform/modules/identity/main.tf");
    let some = "cases/github/aws-identity/existing-provider";
    assert!(module(some).contains("count = var.makes_provider ? 1 : 0") && module(some).contains("check \"provider\""));
    for (environment, makes) in [("staging", "true"), ("prod", "false")] {
        let root = there(some, &format!("infra/terraform/bootstrap/{environment}/main.tf"));
        assert!(root.contains(&format!("makes_provider = {makes}")), "{root}");
    }
    // an account that has one where it is to be made, or none where it is to be there
    let bootstrap = there(some, "scripts/bootstrap.sh");
    assert!(bootstrap.contains("\"staging existing\")") && bootstrap.contains("\"prod none\")"), "{bootstrap}");
    let shared = there("cases/aws/account/two-accounts-for-three", "scripts/bootstrap.sh");
    let both = "--set environments.dev.oidc_provider=existing --set environments.staging.oidc_provider=existing";
    assert!(shared.contains(both), "{shared}");
    let all = "cases/aws/account/small-existing-parts";
    assert!(!module(all).contains("resource \"aws_iam_openid_connect_provider\""), "{}", module(all));
    assert!(!there(all, "scripts/bootstrap.sh").contains("oidc_provider=existing"));
    let none = "presets/no-database-on-aws";
    assert!(!module(none).contains("data \"aws_iam_openid_connect_provider\""), "{}", module(none));
    assert!(there(none, "scripts/bootstrap.sh").contains("oidc_provider=existing"));
    let environments = json!([
        {"name": "staging", "network": "10.10.0.0/16", "account": "111122223333", "oidc_provider": "existing"},
        {"name": "prod", "production": true, "network": "10.20.0.0/16", "account": "111122223333"},
    ]);
    let why = support::refusal("no-database-on-aws", &[("environments", environments)]);
    assert!(why.contains("environments in one account differ in `oidc_provider`"), "{why}");
}

/// A cluster of others is entered and asked, not made, and its names are those that it has.
#[test]
fn clusters_that_exist_are_only_read() {
    for case in CLUSTERS {
        let all = everything(case);
        for gone in [
            "resource \"aws_eks_cluster\"",
            "modules/cluster/",
            "cluster_key",
            "logs_key",
            "metrics-server/values.yaml",
            "EKS cluster shop-prod",
            "is-default-class",
            "surcharge of EKS Auto Mode",
            "control plane of EKS",
        ] {
            assert!(!all.contains(gone), "{case}: {gone}");
        }
        assert!(all.contains("data \"aws_eks_cluster\" \"this\""), "{case}");
        let platform = there(case, "scripts/platform.sh");
        let check = platform.find("\nscripts/check-cluster.sh\n").unwrap();
        assert!(check < platform.find("apply_folder k8s").unwrap(), "{case}");
        let class = there(case, "k8s/platform/cluster/storage-class.yaml");
        assert!(class.contains("name: shop-gp3\n"), "{case}: {class}");
    }
    let [apart, together, small] = CLUSTERS;
    let connect = there(apart, "scripts/cluster-connect.sh");
    assert!(connect.contains("port=16444 cluster=\"tools-staging\""), "{connect}");
    assert!(
        connect.contains("Values=$context-access\"") && connect.contains("\"$context-cluster-tunnel\""),
        "{connect}"
    );
    assert!(there(small, "scripts/cluster-connect.sh").contains("Values=shop-prod-access\""));
    assert!(there(apart, "infra/terraform/bootstrap/prod/main.tf").contains("cluster_name = \"Tools_prod\""));
    assert!(there(together, "infra/terraform/bootstrap/staging/main.tf").contains("other_clusters = [\"tools\"]"));
    assert!(there(apart, "docs/runbooks/troubleshooting.md").contains("--cluster-name Tools_prod"));
}

/// Volumes, load balancers and the resolver are those of what runs in the cluster.
#[test]
fn add_ons_are_used_where_nodes_do_not_come_by_auto_mode() {
    let [add_ons, auto_mode, _] = CLUSTERS;
    let class = "k8s/platform/cluster/storage-class.yaml";
    assert!(there(add_ons, class).contains("provisioner: ebs.csi.aws.com\n"));
    assert!(there(auto_mode, class).contains("provisioner: ebs.csi.eks.amazonaws.com\n"));
    let retained = there(auto_mode, "k8s/platform/mongodb/storage-class.yaml");
    assert!(retained.contains("name: shop-gp3-retain\nprovisioner: ebs.csi.eks.amazonaws.com\n"), "{retained}");
    assert!(there(auto_mode, "k8s/base/mongodb/replica-set.yaml").contains("storageClassName: shop-gp3-retain\n"));
    let proxy = "k8s/base/gateway/envoy-proxy.yaml";
    assert!(there(add_ons, proxy).contains("loadBalancerClass: service.k8s.aws/nlb\n"));
    assert!(there(auto_mode, proxy).contains("loadBalancerClass: eks.amazonaws.com/nlb\n"));
    let all = everything(add_ons);
    assert!(all.contains("k8s-app: kube-dns") && !all.contains("172.20.0.10/32") && !all.contains("amazon-vpc-cni"));
    for gone in ["Auto Mode replaces", "nodeclaims", "nodepools.karpenter.sh"] {
        assert!(!all.contains(gone), "{gone}");
    }
    assert!(everything(auto_mode).contains("172.20.0.10/32"));
}

#[test]
fn clusters_that_cannot_be_used_are_refused() {
    let why = |networks: &str, names: [&str; 2], accounts: [&str; 2], more: &[(&str, Value)]| {
        let mut environments = json!([
            {"name": "staging", "network": "10.10.0.0/16"},
            {"name": "prod", "production": true, "network": "10.20.0.0/16"},
        ]);
        for (n, one) in environments.as_array_mut().unwrap().iter_mut().enumerate() {
            one["account"] = json!(accounts[n]);
            one["eks_cluster"] = json!(names[n]);
            if networks == "existing" {
                one["vpc"] = json!("vpc-0a1b2c3d4e5f60718");
                one["private_subnets"] = json!(["subnet-00000001", "subnet-00000002", "subnet-00000003"]);
            }
        }
        let sets = [("cluster", "existing"), ("eks_nodes", "add_ons"), ("networks", networks)]
            .map(|(name, value)| (name, json!(value)));
        let sets: Vec<_> =
            sets.into_iter().chain(more.iter().cloned()).chain([("environments", environments)]).collect();
        support::refusal("no-database-on-aws", &sets)
    };
    let apart = ["111122223333", "444455556666"];
    assert_eq!(why("existing", ["tools", "tools"], apart, &[]), "");
    let shared = why("existing", ["tools", "tools"], ["111122223333", "111122223333"], &[]);
    assert!(shared.contains("use the same EKS cluster"), "{shared}");
    let network = why("created", ["tools", "tools"], apart, &[]);
    assert!(network.contains("a cluster that exists has its network already"), "{network}");
    let arn = why("existing", ["tools", "arn:aws:eks:eu-central-1:111122223333:cluster/tools"], apart, &[]);
    assert!(arn.contains("is not the name of an EKS cluster"), "{arn}");
    let service = json!([{"name": "api", "kind": "api", "language": "node", "volume": "/data"}]);
    let files = why("existing", ["tools", "tools"], apart, &[("services", service)]);
    assert!(files.contains("`api` keeps files in a volume"), "{files}");
    let made = refusal(&[], json!({"eks_cluster": "tools"}));
    assert!(made.contains("`cluster: existing`"), "{made}");
}

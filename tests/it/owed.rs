//! What a new provider of each slot still owes, as the linter lists it.

use crate::slots::{ELIXIR, faults};

/// A folder with nothing but the slot and the choice turns into a list of what is to be done.
#[test]
fn an_empty_provider_is_a_list_of_what_it_owes() {
    let text = "title: Google Cloud\nwhy: Another cloud.\nprovides:\n  slot: cloud\n  for:\n    \
                cloud: {value: gcp, title: \"Google Cloud: GKE\", order: 20}\n";
    insta::assert_snapshot!(faults(&[("components/gcp/component.yaml", text)]), @r#"
    error: the catalog has 29 faults:
      templates/components/gcp/component.yaml: owes to the slot `cloud`:
        - `provides.facts.title`: what people call it, as in `an account of AWS`
        - `provides.facts.dns`: the product that answers for the zones
        - `provides.facts.registry_product`: the product that stores images
        - `provides.facts.monitor`: what watches from outside of the cluster
        - `provides.facts.registry`: host and path below which images are stored
        - `provides.facts.images`: what names of images that are built here begin with, before that of the service
        - `provides.facts.repositories`: the same without the registry, as the cloud names repositories
        - `provides.facts.registry_account`: the account that the registry is in
        - `provides.facts.caches`: where pods get images of others, by each `cache` in pins.yaml
        - `provides.facts.region`: region of the cluster
        - `provides.facts.region_answer`: name of the answer that says it
        - `provides.facts.backup_region`: region of the off-site backups
        - `provides.facts.state_region`: region of the Terraform state
        - `provides.facts.accounts`: the accounts, each once, in the order of the environments
        - `provides.facts.shares_accounts`: whether an account runs several environments
        - `provides.facts.first_environments`: names of the first environment of each account, whose bootstrap makes what an account has once
        - `macros.j2`: `<% macro terraform_backend(key) %>`: the block `backend` of a root in production's state that belongs to no environment
        - `macros.j2`: `<% macro registry_login(registry, anywhere) %>`: a shell command that logs in to a registry; with `anywhere` also in a shell that has no region, or another one
        - `macros.j2`: `<% macro image_digest(repository, tag, indent, anywhere) %>`: a shell command that prints the digest of a tag of an image, or nothing; `repository` has its quotes, `tag` has none; a second line begins with `indent`
        - `macros.j2`: `<% macro delegations(pad) %>`: lines of a shell that write the delegations of the zones below production's into `delegations.auto.tfvars.json` of its root; each begins with `pad`
        - `macros.j2`: `<% macro session_variable() %>`: the variable of a shell that says whose credentials are used
        - `macros.j2`: `<% macro session(environment) %>`: sets that variable to the credentials of an environment; `environment` can be a variable of the shell
        - `macros.j2`: `<% macro shared_accounts() %>`: a section on what still reaches across environments that share an account, or nothing
        - `macros.j2`: `<% macro whoami() %>`: shows the account of the session
        - `macros.j2`: `<% macro account_of_session() %>`: prints nothing but the account of the session
        - `macros.j2`: `<% macro name_servers(zone) %>`: prints the name servers of a zone; further lines are indented by 5
        - `macros.j2`: `<% macro trust_refused() %>`: what the cloud says when it does not trust a run of a pipeline
        - `macros.j2`: `<% macro images_of(service) %>`: lists the images of a service
        - `macros.j2`: `<% macro delete_repository(service) %>`: deletes all images of a service
        - `macros.j2`: `<% macro repository_state(indent) %>`: addresses in Terraform's state of what stores the images of `$service`; a second line begins with `indent`
        - `macros.j2`: `<% macro image_caches_pattern() %>`: a regular expression for images of others that pods get by another name than that in pins.yaml, or nothing
        - `macros.j2`: `<% macro public_registries() %>`: registries of the cloud whose public images are trusted, separated by spaces
        - `macros.j2`: `<% macro command_line() %>`: a row of a table: the tools with which people reach the cloud, and for what
        - `macros.j2`: `<% macro alarms_page() %>`: name of the runbook on alarms that the cloud itself raises
        - `macros.j2`: `<% macro repository_import() %>`: prints a block that has Terraform import what stores the images of `$service`
        - `macros.j2`: `<% macro alert_path() %>`: where alerts go, for a sentence
        - `macros.j2`: `<% macro alert_receiver() %>`: name of Alertmanager's receiver
        - `macros.j2`: `<% macro alert_target(environment, account, topic) %>`: the beginning of a receiver of Alertmanager, for the topic `alerts` or `heartbeat`
        - `macros.j2`: `<% macro alert_subscriptions(environment) %>`: how to see who gets alerts, for a table
        - `macros.j2`: `<% macro dns01_solver() %>`: the solver of cert-manager; further lines are indented by 12
        - `macros.j2`: `<% macro external_dns_provider() %>`: name of the provider in ExternalDNS
        - `macros.j2`: `<% macro external_dns_arguments() %>`: further arguments of ExternalDNS; further lines are indented by 2
        - `macros.j2`: `<% macro egress_comment() %>`: a comment on which addresses HTTPS reaches
        - `macros.j2`: `<% macro cost_note() %>`: of which place and day the prices of the list `costs` are, and what is not among them; a paragraph
        - `macros.j2`: `<% macro hand_over_records(hosts, zone, owner) %>`: has the records of hosts in a zone point to the load balancer `$to`, as records of ExternalDNS with this owner, and keeps what stood there in `restore`; further lines are indented by 3
        - `macros.j2`: `<% macro give_back_records(hosts, zone) %>`: puts that back; further lines are indented by 3
        - `macros.j2`: `<% macro outgoing_addresses(environment) %>`: what tells the public addresses from which an environment calls others, subject and verb of a sentence, not at its beginning
        - `files/scripts/bootstrap.sh`
        - a template that prints `contributed.environment_outputs`
        - a template that prints `contributed.environment_settings`
        - a template that prints `contributed.terraform_providers`
      templates/slots.yaml: slot `ci_identity`: no component fills it with `ci: github_actions`, `cloud: gcp`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `ci_identity`: no component fills it with `ci: none`, `cloud: gcp`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `cluster`: no component fills it with `cloud: gcp`, `cluster: created`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `cluster`: no component fills it with `cloud: gcp`, `cluster: existing`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: gcp`, `database: mongodb`, `database_hosting: atlas`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: gcp`, `database: mongodb`, `database_hosting: self-hosted`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: gcp`, `database: mysql`, `database_hosting: rds`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: gcp`, `database: postgresql`, `database_hosting: cloudnative-pg`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: gcp`, `database: postgresql`, `database_hosting: rds`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: gcp`, `database: mongodb`, `database_hosting: atlas`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: gcp`, `database: mongodb`, `database_hosting: self-hosted`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: gcp`, `database: mysql`, `database_hosting: rds`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: gcp`, `database: postgresql`, `database_hosting: cloudnative-pg`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: gcp`, `database: postgresql`, `database_hosting: rds`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: gcp`, `database: mongodb`, `language: dotnet`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: gcp`, `database: mongodb`, `language: go`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: gcp`, `database: mongodb`, `language: java_gradle`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: gcp`, `database: mongodb`, `language: java_maven`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: gcp`, `database: mongodb`, `language: node`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: gcp`, `database: mongodb`, `language: other`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: gcp`, `database: mongodb`, `language: php`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: gcp`, `database: mongodb`, `language: python`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: gcp`, `database: mongodb`, `language: ruby`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: gcp`, `database: mongodb`, `language: rust`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `object_store`: no component fills it with `cloud: gcp`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `secrets_store`: no component fills it with `cloud: gcp`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `volumes`: no component fills it with `cloud: gcp`, `cluster: created`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `volumes`: no component fills it with `cloud: gcp`, `cluster: existing`; add one, or say in `without` what that needs
    "#);
}

#[test]
fn an_empty_cluster_is_a_list_of_what_it_owes() {
    let text = "title: A cluster that is there\nwhy: Another kind of cluster.\nprovides:\n  slot: cluster\n  for:\n    \
                cluster: {value: existing, title: A cluster that is there, order: 20}\n    cloud: aws\n";
    insta::assert_snapshot!(faults(&[("components/aws/existing/component.yaml", text)]), @r"
    error: the catalog has 3 faults:
      templates/components/aws/existing/component.yaml: owes to the slot `cluster`:
        - `provides.facts.title`: the managed Kubernetes, for a sentence
        - `provides.facts.short`: the same, short
        - `provides.facts.nodes`: what brings nodes and takes them away, for a sentence
        - `provides.facts.pod_identity`: how a pod comes to a role
        - `provides.facts.storage_class`: the default class of volumes, which the provider's manifests make; NAME-retain, whose volumes outlive their claims, comes with a database that needs it
        - `provides.facts.volume_driver`: the driver that makes and mounts volumes, the `provisioner` of their classes
        - `macros.j2`: `<% macro cluster_name(environment) %>`: name of the cluster in which an environment runs
        - `macros.j2`: `<% macro mock_data() %>`: data of a mock provider that tests of the Terraform module `environment` need, or nothing; further lines are indented by 2
        - `macros.j2`: `<% macro check() %>`: commands of `scripts/platform.sh` that refuse a cluster in which the platform cannot run, or nothing
        - `macros.j2`: `<% macro pod_roles(environment, namespace) %>`: lists which service accounts of a namespace have a role
        - `macros.j2`: `<% macro supported_versions(indent) %>`: lists versions of Kubernetes with the end of their support; a second line begins with `indent`
        - `macros.j2`: `<% macro new_nodes() %>`: who brings nodes of a new version of Kubernetes, and how fast, a sentence
        - `macros.j2`: `<% macro pending_node() %>`: how to see that a node is on its way for a pod that finds none, a clause that can stand alone
        - `macros.j2`: `<% macro failed_node() %>`: what becomes of a node that is `NotReady`, and how to end it sooner, sentences
        - `macros.j2`: `<% macro upgrade_insights(environment, indent) %>`: lists what stands in the way of an upgrade; a second line begins with `indent`
        - `macros.j2`: `<% macro api_state(environment) %>`: how to see that the cluster's API works, for a table
        - `macros.j2`: `<% macro tunnel_troubles(environment) %>`: rows of a table: errors of `scripts/cluster-connect.sh`, why, what to do
        - `macros.j2`: `<% macro load_balancer() %>`: fields of a Service of the type LoadBalancer, with annotations; further lines are indented by 8
        - `macros.j2`: `<% macro resolver_comment() %>`: a comment on where the resolver of the cluster answers
        - `macros.j2`: `<% macro resolver_peers() %>`: its peers in a NetworkPolicy; further lines are indented by 8
        - `macros.j2`: `<% macro api_comment() %>`: a comment on the addresses of the API server and of the resolver in a NetworkPolicy
        - `macros.j2`: `<% macro api_peers() %>`: the addresses at which pods reach the API server, peers in a NetworkPolicy; further lines are indented by 8
        - `macros.j2`: `<% macro identity_agent_comment() %>`: a comment on where pods get the credentials of their role
        - `macros.j2`: `<% macro identity_agent() %>`: the rule for that in a NetworkPolicy; further lines are indented by 4
        - `files/infra/terraform/modules/environment/cluster.tf`
        - `files/scripts/cluster-connect.sh`
        - `files/k8s/platform/cluster/storage-class.yaml`
        - `contributes.cluster_resources`: an item
      templates/questions.yaml: question `cluster`: choice `existing` is there twice
      templates/slots.yaml: slot `cluster`: `aws/eks` and `aws/existing` fill it with `cloud: aws`, `cluster: existing`
    ");
}

#[test]
fn an_empty_gateway_controller_is_a_list_of_what_it_owes() {
    let text = "title: Traefik\nwhy: Another controller.\nprovides:\n  slot: ingress\n  for:\n    \
                ingress: {value: traefik, title: Traefik, order: 20}\n";
    insta::assert_snapshot!(faults(&[("components/traefik/component.yaml", text)]), @r"
    error: the catalog has 1 fault:
      templates/components/traefik/component.yaml: owes to the slot `ingress`:
        - `provides.facts.title`: name of the product, for a sentence
        - `provides.facts.proxy`: name of the proxy, for a sentence
        - `provides.facts.class`: name of the GatewayClass
        - `provides.facts.controller`: `controllerName` of the GatewayClass
        - `provides.facts.namespace`: namespace of the proxies
        - `provides.facts.metrics_port`: port at which the proxies report metrics, a number
        - `provides.facts.idle_connections`: file below `k8s/base/gateway` that closes idle connections to services after four seconds
        - `macros.j2`: `<% macro proxy_pods() %>`: the proxies, a peer in a NetworkPolicy; further lines are indented by 10
        - `macros.j2`: `<% macro infrastructure() %>`: what a Gateway says of its proxies, or nothing; further lines are indented by 4
        - `macros.j2`: `<% macro metrics_job() %>`: the label of the metrics of the proxies
        - `macros.j2`: `<% macro responses(class) %>`: selects the counter of all responses of the gateway, or of those of a class such as `5`
        - `macros.j2`: `<% macro route_responses(class) %>`: the same of what services answered, with the label `route` for the service
        - `macros.j2`: `<% macro route_times() %>`: selects the counter of requests to services whose time was measured
        - `macros.j2`: `<% macro route_times_within(milliseconds) %>`: selects the counter of those that were answered within this time
        - `macros.j2`: `<% macro route_time_buckets() %>`: selects the histogram of these times
        - `macros.j2`: `<% macro response_series(class) %>`: a series that `responses` selects
        - `macros.j2`: `<% macro route_series(route, class) %>`: a series that `route_responses` selects
        - `macros.j2`: `<% macro route_time_series(route) %>`: a series that `route_times` selects
        - `macros.j2`: `<% macro route_time_within_series(route, milliseconds) %>`: a series that `route_times_within` selects
        - `macros.j2`: `<% macro list_proxies() %>`: lists the proxies
        - `macros.j2`: `<% macro access_log() %>`: prints the requests of 15 minutes, each a JSON object with `response_code`, `response_flags`, `route`, `path` and `duration_ms`
        - `macros.j2`: `<% macro failure_flags() %>`: rows of a table: values of `response_flags`, what to do
        - `macros.j2`: `<% macro compatibility() %>`: a row of a table: its version, and versions of Kubernetes that it is tested with
        - `contributes.charts`: an item
        - `contributes.gateway_resources`: an item
    ");
}

#[test]
fn an_empty_monitoring_is_a_list_of_what_it_owes() {
    let text = "title: Amazon Managed Prometheus\nwhy: Other monitoring.\nprovides:\n  slot: monitoring\n  for:\n    \
                monitoring: {value: amp, title: Amazon Managed Prometheus, order: 20}\n";
    insta::assert_snapshot!(faults(&[("components/aws/prometheus/component.yaml", text)]), @r"
    error: the catalog has 1 fault:
      templates/components/aws/prometheus/component.yaml: owes to the slot `monitoring`:
        - `provides.facts.queries`: what answers queries in PromQL, for a sentence
        - `provides.facts.sender`: what sends alerts, for a sentence
        - `provides.facts.state_metrics`: what reports the state of the objects in the cluster, for a sentence
        - `provides.facts.namespace`: namespace in which it runs
        - `provides.facts.lookback`: seconds that a rule may look back, fewer than metrics are kept; a number
        - `macros.j2`: `<% macro open_queries() %>`: makes the HTTP API of Prometheus answer on port 9090 of localhost until it is ended
        - `macros.j2`: `<% macro sender_logs(since) %>`: prints what the sender of alerts has logged for a time such as `15m`
        - `macros.j2`: `<% macro state_metrics_pods(verb) %>`: does `get`, `describe` or `logs` with the pods of what reports the state of objects
        - `macros.j2`: `<% macro own_alerts() %>`: lines on the alerts that it brings along, or nothing
        - `macros.j2`: `<% macro volume_full() %>`: a row of a table: its volume is full, what to do
        - `macros.j2`: `<% macro monitoring_compatibility() %>`: a row of a table: its version, and versions of Kubernetes that it is tested with
        - `macros.j2`: `<% macro scrapers() %>`: what reads metrics from pods, a peer in a NetworkPolicy; further lines are indented by 10
        - `macros.j2`: `<% macro policies(ports) %>`: network policies of its namespace; `ports` are those of metrics
        - `files/scripts/test-alert.sh`
        - `contributes.charts`: an item
    ");
}

#[test]
fn an_empty_delivery_is_a_list_of_what_it_owes() {
    let text = "title: Argo CD\nwhy: Another delivery.\nprovides:\n  slot: delivery\n  for:\n    \
                delivery: {value: argo_cd, title: Argo CD, order: 20}\n";
    insta::assert_snapshot!(faults(&[("components/argo/cd/component.yaml", text)]), @r"
    error: the catalog has 1 fault:
      templates/components/argo/cd/component.yaml: owes to the slot `delivery`:
        - `provides.facts.label`: what does it, for the label of a diagram, before the name of an environment
        - `files/scripts/deploy.sh`
    ");
}

#[test]
fn an_empty_platform_is_a_list_of_what_it_owes() {
    let text = "title: One host\nwhy: Another platform.\nprovides:\n  slot: platform\n  for:\n    \
                platform: {value: compose, title: One host with compose, order: 20}\n";
    insta::assert_snapshot!(faults(&[("components/compose/host/component.yaml", text)]), @r"
    error: the catalog has 16 faults:
      templates/components/compose/host/component.yaml: owes to the slot `platform`:
        - `provides.facts.title`: name of the product, for a sentence
        - `macros.j2`: `<% macro client_tools() %>`: a row of a table: the tools with which people reach it, and for what
        - `macros.j2`: `<% macro show_services() %>`: shows which services run, and how many instances of each
        - `macros.j2`: `<% macro service_logs(service, since) %>`: prints what a service has logged for a time such as `15m`
      templates/components/core/delivery/component.yaml: requires `kubernetes/manifests`, which is not there with `platform: compose`
      templates/components/core/existing-broker/component.yaml: requires `kubernetes/manifests`, which is not there with `broker: existing`, `database: mongodb`, `platform: compose`
      templates/components/core/existing-cache/component.yaml: requires `kubernetes/manifests`, which is not there with `cache: existing`, `cloud: aws`, `platform: compose`, `secrets_manager: aws_secrets_manager`
      templates/components/core/existing-database/component.yaml: requires `kubernetes/manifests`, which is not there with `cloud: aws`, `database: existing`, `database_hosting: atlas`, `platform: compose`, `secrets_manager: aws_secrets_manager`
      templates/components/core/gateway/component.yaml: requires `kubernetes/manifests`, which is not there with `platform: compose`
      templates/components/core/internal-tls/component.yaml: requires `kubernetes/manifests`, which is not there with `broker: none`, `cache: valkey-in-cluster`, `cloud: aws`, `database: mongodb`, `platform: compose`, `secrets_manager: aws_secrets_manager`
      templates/components/core/more-databases/component.yaml: requires `kubernetes/manifests`, which is not there with `platform: compose`
      templates/components/core/no-ci/component.yaml: requires `kubernetes/manifests`, which is not there with `ci: none`, `code_host: github`, `platform: compose`
      templates/components/core/platform/component.yaml: requires `kubernetes/manifests`, which is not there with `platform: compose`
      templates/components/core/secrets/component.yaml: requires `kubernetes/manifests`, which is not there with `platform: compose`
      templates/components/github/actions/component.yaml: requires `kubernetes/manifests`, which is not there with `ci: github_actions`, `code_host: github`, `platform: compose`
      templates/components/kubectl/deploy/component.yaml: requires `kubernetes/manifests`, which is not there with `delivery: kubectl`, `platform: compose`
      templates/components/mongodb/self-hosted/component.yaml: requires `kubernetes/manifests`, which is not there with `cloud: aws`, `database: mongodb`, `database_hosting: self-hosted`, `platform: compose`, `secrets_manager: aws_secrets_manager`
      templates/components/nats/in-cluster/component.yaml: requires `kubernetes/manifests`, which is not there with `broker: nats-in-cluster`, `database: mongodb`, `platform: compose`
      templates/components/valkey/in-cluster/component.yaml: requires `kubernetes/manifests`, which is not there with `cache: valkey-in-cluster`, `cloud: aws`, `platform: compose`, `secrets_manager: aws_secrets_manager`
    ");
}

#[test]
fn an_empty_code_host_is_a_list_of_what_it_owes() {
    let text = "title: GitLab\nwhy: Another code host.\nprovides:\n  slot: code_host\n  for:\n    \
                code_host: {value: gitlab, title: GitLab, order: 20}\n";
    insta::assert_snapshot!(faults(&[("components/gitlab/host/component.yaml", text)]), @r#"
    error: the catalog has 2 faults:
      templates/components/gitlab/host/component.yaml: owes to the slot `code_host`:
        - `provides.facts.title`: name of the product, for a sentence
        - `provides.facts.cli`: its command line, which has `auth status`
        - `provides.facts.repository`: path of the repository, such as `owner/name`
        - `provides.facts.repository_name`: the last part of that path
        - `provides.facts.url`: address of the repository in a browser
        - `provides.facts.files_url`: address below which the files of `main` are shown
        - `provides.facts.change`: how a proposed change is called, such as `pull request`
        - `provides.facts.guards`: whether it can make a merge to `main` wait for a review and for checks
        - `macros.j2`: `<% macro change(verb, branch) %>`: does something with a proposed change: `open`, `list`, `view`, `diff`, `checks`, `approve`, `merge`, `close` or `checkout`
        - `macros.j2`: `<% macro incidents_url() %>`: address of the list of open incidents
        - `macros.j2`: `<% macro closed_record_url() %>`: address where a record that others cannot read is opened, where everybody can read issues; else nothing
        - `macros.j2`: `<% macro incidents() %>`: lists open incidents
        - `macros.j2`: `<% macro open_incident() %>`: opens an incident, several lines
        - `macros.j2`: `<% macro open_issues() %>`: prints the number of open issues with the title `$title`
        - `macros.j2`: `<% macro open_issue() %>`: opens an issue with the title `$title`; its text follows
        - `macros.j2`: `<% macro branch_rules() %>`: how to see that nobody can push past the review, for a table
        - `macros.j2`: `<% macro settings_row() %>`: the beginning of a row of a table: the root of Terraform that holds the settings of the repository, its account, and who applies it
        - `macros.j2`: `<% macro settings_step() %>`: a step of a list: what that root sets
        - `macros.j2`: `<% macro apply_settings() %>`: applies that root while deployments are allowed; further lines are indented by 3
        - `macros.j2`: `<% macro settings_lost() %>`: the fourth step of a list: what to do when its state is lost
        - a template that prints `contributed.required_checks`
      templates/slots.yaml: slot `ci`: no component fills it with `ci: github_actions`, `code_host: gitlab`; add one, or say in `without` what that needs
    "#);
}

#[test]
fn an_empty_ci_platform_is_a_list_of_what_it_owes() {
    let text = "title: GitLab\nwhy: Another CI platform.\nprovides:\n  slot: ci\n  for:\n    \
                ci: {value: gitlab, title: GitLab CI, order: 20}\n";
    insta::assert_snapshot!(faults(&[("components/gitlab/component.yaml", text)]), @r#"
    error: the catalog has 14 faults:
      templates/components/gitlab/component.yaml: owes to the slot `ci`:
        - `provides.for.code_host`: the choice for which it is there, or `any`
        - `provides.facts.title`: name of the product, for a sentence
        - `provides.facts.platform`: what signs the tokens of runs and keeps the environments that they name, for a sentence
        - `provides.facts.runs`: what the page of runs is called
        - `provides.facts.runs_url`: address of that page
        - `provides.facts.folder`: folder of the pipelines `ci`, `deploy-staging`, `release-prod`, `rollback`, `restore-drill` and `terraform`, each a file NAME.yml
        - `provides.facts.approves`: whether a person can be made to approve the release of an environment
        - `provides.facts.binds`: whether runs are bound to environments, by which the cloud tells them apart
        - `provides.facts.attests`: whether the platform itself says from which run an image came; else images are signed with cosign
        - `provides.facts.issuer`: who signs the tokens of runs
        - `macros.j2`: `<% macro start(pipeline, inputs, branch, anywhere, indent) %>`: starts a pipeline by hand; `inputs` are a list of `name=value`, with `indent` on a line of their own; with `anywhere` outside of a clone, too
        - `macros.j2`: `<% macro runs(pipeline, limit, state, anywhere) %>`: lists runs of a pipeline or of all
        - `macros.j2`: `<% macro watch(pipeline) %>`: follows the newest run, of a pipeline or of all
        - `macros.j2`: `<% macro open_run(pipeline) %>`: opens the page of the newest run, where it is approved
        - `macros.j2`: `<% macro cancel(id) %>`: cancels a run
        - `macros.j2`: `<% macro rerun() %>`: repeats what failed in a run; its id follows
        - `macros.j2`: `<% macro enable(pipeline) %>`: turns the schedule of a pipeline on again
        - `macros.j2`: `<% macro paused() %>`: why a schedule does not start its pipeline, for a table
        - `macros.j2`: `<% macro deployments(verb, anywhere) %>`: does `stop`, `allow` or `ask` about all deployments
        - `macros.j2`: `<% macro infrastructure(verb) %>`: does `stop` or `allow` about applies of Terraform
        - `macros.j2`: `<% macro releases() %>`: lists commits that production has run, newest first; further lines are indented by 5
        - `macros.j2`: `<% macro unfinished_releases() %>`: lists runs of the release that are not over; further lines are indented by 5 and 3
        - `macros.j2`: `<% macro pipeline_url(pipeline) %>`: address of the page of a pipeline
        - `macros.j2`: `<% macro trusted_ids() %>`: how to see whom the cloud must trust, for a table
        - `macros.j2`: `<% macro verify_attestation() %>`: asks for the origin of `$image`, where the platform attests it; further lines are indented by 4
        - `macros.j2`: `<% macro signer() %>`: the identity of the run of `deploy-staging` in the certificate of an image
        - `macros.j2`: `<% macro run_id() %>`: name of the variable with the id of a run
        - `macros.j2`: `<% macro run_url() %>`: address of the page of this run, in variables of the shell
        - `macros.j2`: `<% macro keep_variable(name, value) %>`: in a run, lets the following steps have a variable
        - `macros.j2`: `<% macro keep_path(folder) %>`: in a run, lets the following steps find programs
        - `files/scripts/open-pr.sh`
        - `contributes.required_checks`: an item
      templates/slots.yaml: slot `ci_identity`: no component fills it with `ci: gitlab`, `cloud: aws`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `language_ci`: no component fills it with `ci: gitlab`, `language: dotnet`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `language_ci`: no component fills it with `ci: gitlab`, `language: go`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `language_ci`: no component fills it with `ci: gitlab`, `language: java_gradle`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `language_ci`: no component fills it with `ci: gitlab`, `language: java_maven`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `language_ci`: no component fills it with `ci: gitlab`, `language: node`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `language_ci`: no component fills it with `ci: gitlab`, `language: other`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `language_ci`: no component fills it with `ci: gitlab`, `language: php`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `language_ci`: no component fills it with `ci: gitlab`, `language: python`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `language_ci`: no component fills it with `ci: gitlab`, `language: ruby`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `language_ci`: no component fills it with `ci: gitlab`, `language: rust`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `language_ci`: no component fills it with `ci: gitlab`, `language: static`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `updates`: no component fills it with `ci: gitlab`; add one, or say in `without` what that needs
    "#);
}

#[test]
fn an_empty_secrets_manager_is_a_list_of_what_it_owes() {
    let text = "title: HashiCorp Vault\nwhy: Another secrets manager.\nprovides:\n  slot: secrets_store\n  for:\n    \
                secrets_manager: {value: vault, title: HashiCorp Vault, order: 20}\n    cloud: any\n";
    insta::assert_snapshot!(faults(&[("components/vault/component.yaml", text)]), @r"
    error: the catalog has 8 faults:
      templates/components/aws/nats-in-cluster/component.yaml: requires `aws/secrets-manager`, which is not there with `broker: nats-in-cluster`, `cloud: aws`, `database: mongodb`, `secrets_manager: vault`
      templates/components/aws/valkey-secrets/component.yaml: requires `aws/secrets-manager`, which is not there with `cache: valkey-in-cluster`, `cloud: aws`, `platform: kubernetes`, `secrets_manager: vault`
      templates/components/vault/component.yaml: owes to the slot `secrets_store`:
        - `provides.facts.title`: name of the product, for a sentence
        - `provides.facts.short`: the same, once it is clear whose product it is
        - `provides.facts.store`: name of the SecretStore
        - `provides.facts.commands`: the program with which people and scripts reach secrets
        - `macros.j2`: `<% macro store_comment(account) %>`: a comment on how the operator comes to its rights
        - `macros.j2`: `<% macro store_spec() %>`: what `spec.provider` of the SecretStore holds: a key, and below it lines that are indented by 6
        - `macros.j2`: `<% macro read_secret(secret, indent) %>`: prints the value of a secret, a JSON object; a second line begins with `indent`
        - `macros.j2`: `<% macro put_secret(secret, file, indent) %>`: puts a value that a `file://` address holds; with `indent` on two lines
        - `macros.j2`: `<% macro take_back(secret) %>`: has the value OLD_VERSION stand again in place of NEW_VERSION
        - `macros.j2`: `<% macro versions(secret) %>`: lists the versions of a secret
        - `macros.j2`: `<% macro bring_back() %>`: lines of a loop over `$environment`, indented by 5: brings back the secret of `$service` within 30 days, and has Terraform import it
        - `files/docs/secrets.md`
        - `files/docs/runbooks/rotate-secrets.md`
        - `files/infra/terraform/modules/environment/secrets.tf`
        - a template that prints `contributed.secrets`
        - a template that prints `contributed.env_sample`
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: mongodb`, `database_hosting: atlas`, `secrets_manager: vault`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: mongodb`, `database_hosting: self-hosted`, `secrets_manager: vault`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: mysql`, `database_hosting: rds`, `secrets_manager: vault`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: postgresql`, `database_hosting: cloudnative-pg`, `secrets_manager: vault`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: postgresql`, `database_hosting: rds`, `secrets_manager: vault`; add one, or say in `without` what that needs
    ");
}

/// Both slots promise the same under their own names.
#[test]
fn an_empty_cache_or_broker_is_a_list_of_what_it_owes() {
    let owed = |slot: &str| {
        let text = format!(
            "title: One\nwhy: x\nprovides:\n  slot: {slot}\n  for:\n    {slot}: {{value: one, title: One, order: 20}}\n"
        );
        faults(&[("components/one/server/component.yaml", text.as_str())])
    };
    let cache = owed("cache");
    let is_shared = |line: &&str| !["facts.loss", "facts.recovery"].iter().any(|fact| line.contains(fact));
    let shared: Vec<&str> = cache.lines().filter(is_shared).collect();
    assert_eq!(shared.join("\n") + "\n", owed("broker").replace("broker", "cache").replace("BROKER", "CACHE"));
    insta::assert_snapshot!(cache, @r"
    error: the catalog has 1 fault:
      templates/components/one/server/component.yaml: owes to the slot `cache`:
        - `provides.facts.title`: name of the product, for a sentence
        - `provides.facts.in_cluster`: whether it runs in the cluster
        - `provides.facts.port`: the port at which it answers, a number
        - `provides.facts.authority`: the certificate authority by which services know it, where their system does not: as of the database, with `variable`, the variable that names the file; else empty
        - `provides.facts.loss`: what becomes of the services that use it while it is lost, a predicate that fits one and several
        - `provides.facts.recovery`: what brings it back without people, and how services bear it, for a table
        - `provides.facts.page`: name of the runbook that says what to do when it does not answer
        - `provides.facts.test_image`: key in pins.yaml of the image that answers at `test_url` in the tests of services, without a password; empty for none
        - `provides.facts.test_url`: `CACHE_URL` of those tests, and of a laptop
        - `files/k8s/base/cache/network-policy.yaml`
        - `files/k8s/overlays/__environment__/cache/external-secret.yaml`
        - `contributes.base_resources`: an item
        - `contributes.dr_rows`: an item
        - `contributes.overlay_resources`: an item
        - `contributes.runbooks`: an item
        - `contributes.secrets`: an item
    ");
}

/// A provider with nothing turns into the list of what relies on there being something.
#[test]
fn no_monitoring_is_a_list_of_what_reads_it() {
    let text = "title: No monitoring\nwhy: People look.\nprovides:\n  slot: monitoring\n  none: true\n  for:\n    \
                monitoring: {value: none, title: None, order: 20}\n";
    let faults = faults(&[("components/people/component.yaml", text)]);
    for fault in [
        "core/operations/files/docs/runbooks/README.md.j2: reads `provided.monitoring.macros`, which `people` does not have: ",
        "core/operations/files/docs/architecture.md.j2: reads `provided.monitoring.queries`, which `people` does not have: ",
    ] {
        assert!(faults.contains(fault), "{faults}");
    }
    assert!(!faults.contains("prometheus/"), "{faults}");
}

#[test]
fn a_second_database_engine_is_a_list_of_what_it_owes() {
    let text = "title: MariaDB\nwhy: Another engine.\nprovides:\n  slot: database\n  for:\n    \
                database: {value: mariadb, title: MariaDB, order: 40}\n    \
                database_hosting: {value: managed, title: Managed MariaDB, order: 40}\n";
    insta::assert_snapshot!(faults(&[("components/mariadb/component.yaml", text)]), @r"
    error: the catalog has 42 faults:
      templates/components/mariadb/component.yaml: owes to the slot `database`:
        - `provides.facts.title`: name of the product, for a sentence
        - `provides.facts.engine`: the kind of database, as people call it
        - `provides.facts.secret`: name of the Secret that the provider brings for services, and of the label `egress-NAME` with which pods reach the database
        - `provides.facts.migration_secret`: name of the Secret with the same keys that migrations get in its place, where they log in as another user; else the same name
        - `provides.facts.uri_variable`: the key of that Secret with the address, and the variable of services that do not ask for another one
        - `provides.facts.references`: what the answer `variables` of a service may refer to
        - `provides.facts.parts`: what variables can be besides the whole address, as records of `name`, of `title`, what it is, and of `local` and `test`, its value on a laptop and in tests; `name` and `port` are in Git, and each other one is a key of that Secret
        - `provides.facts.part_variables`: variables by which clients know the server, for services that read its host: records of `name`, `value`, and `of`, the ecosystems that need it, empty for all
        - `provides.facts.database_name`: name of the database on the server, where services have none of their own
        - `provides.facts.has_own_databases`: whether a service can have a database of its own on the server
        - `provides.facts.port`: the port at which it answers, a number
        - `provides.facts.test_image`: key in pins.yaml of the image that answers at `test_url` in the tests of services; empty for none
        - `provides.facts.test_environment`: what that image needs as variables, by name
        - `provides.facts.test_url`: the address of the database of those tests
        - `provides.facts.local_url`: the address on a laptop
        - `provides.facts.in_cluster`: whether it runs in the cluster, on its nodes and volumes; then it brings the NetworkPolicy `egress-SECRET` for pods that use it, where SECRET is the fact above
        - `provides.facts.authority`: the certificates by which services know the server, where their system has none of them: `volume`, its name in pods, `folder`, where it is mounted, `comment`, and the `secret` or `config_map` with the file `file`; else empty
        - `provides.facts.size`: size of an instance in production, as the product calls it
        - `provides.facts.has_password`: whether services and backups log in with a password; else with the identity of their pod, and backups by `credentials.sh` beside their scripts
        - `provides.facts.consistent_dump`: whether a dump is one moment in time
        - `provides.facts.snapshots`: who takes snapshots of it and copies them to the region of the backups, for a sentence; empty for none
        - `provides.facts.recovery_base`: what point-in-time recovery is lost with, for a sentence
        - `macros.j2`: `<% macro described() %>`: what it is, in a sentence
        - `macros.j2`: `<% macro pods() %>`: its pods, a peer in a NetworkPolicy, where it is in the cluster; further lines are indented by 8
        - `macros.j2`: `<% macro wait_until_ready() %>`: lines of `scripts/deploy.sh` that wait for it, or nothing
        - `macros.j2`: `<% macro kinds_with_data() %>`: kinds of objects that hold data, each with a space before it
        - `macros.j2`: `<% macro diagram_label() %>`: the label of a diagram
        - `macros.j2`: `<% macro recovery_label() %>`: the label of what point-in-time recovery goes back to
        - `macros.j2`: `<% macro copies_of_region() %>`: what else a lost region comes back from, with `or` at its end
        - `macros.j2`: `<% macro logins() %>`: a paragraph on how services log in
        - `macros.j2`: `<% macro guard() %>`: what guards the way to it, for a table
        - `macros.j2`: `<% macro elects() %>`: what elects a primary, for a sentence
        - `macros.j2`: `<% macro support() %>`: a row of a table: when its maker's support is called, or nothing
        - `macros.j2`: `<% macro troubles() %>`: rows of a table: symptoms, commands, what to do
        - `macros.j2`: `<% macro versions_row() %>`: a row of a table: versions that go together, or nothing
        - `macros.j2`: `<% macro upgrade() %>`: a section on upgrading its operator, or nothing
        - `macros.j2`: `<% macro operator_policies() %>`: network policies of its operator, or nothing
        - `macros.j2`: `<% macro state_metrics() %>`: values of kube-state-metrics for its objects, or nothing
        - `macros.j2`: `<% macro tools() %>`: a row of a table: tools with which people reach it, or nothing
        - `macros.j2`: `<% macro address_comment(of) %>`: a comment on what its address for `services` or for the `backup` holds
        - `macros.j2`: `<% macro egress(networks) %>`: the way to it in a NetworkPolicy, where it is not in the cluster: a comment and a rule for the networks of environments; further lines are indented by 4
        - `macros.j2`: `<% macro contract() %>`: what the service contract says of its address, a section, or nothing
        - `macros.j2`: `<% macro check() %>`: how to see that it works, when backups cannot connect; sentences
        - `macros.j2`: `<% macro image_sources() %>`: where the images come from that it runs, the end of a sentence with `; ` before it, or nothing
        - `macros.j2`: `<% macro inconsistent(as) %>`: why a dump is not one moment in time, as a `comment` that is indented by 16 or a `bullet`; nothing where it is one
        - `macros.j2`: `<% macro dumping(part) %>`: parts of the page on disasters: with what an archive is `tried` before it is uploaded; of which moment it is, where it is one, a `bullet`; through what a dump reads the data, the subject of its `load`; what a row of it is called, its `unit`
        - `macros.j2`: `<% macro restore_tools() %>`: what `scripts/restore.sh target` needs besides the tools of the cloud, for a sentence, or nothing
        - `macros.j2`: `<% macro restore_target() %>`: the body of `target ENV FILE` in `scripts/restore.sh`: writes the address of a user who may write; `fail`, `usage` and `bucket_of` are there
        - `macros.j2`: `<% macro recovering(part) %>`: a part of the page on disasters, or nothing: when the `promise` of point-in-time recovery holds; with what it is `lost`; what the loss of the `region` means; commands that put `credentials` back, and which are put back `credentials_later`; what is done once the database is `made` and empty; what is done `after` a restore
        - `macros.j2`: `<% macro restoring(part) %>`: a part of the runbook on restores, or nothing: how to `keep` the damaged state and to `undo`, where it has snapshots; the `user` that is made; steps to a `moment`; how people `count` documents and copy them; what else grows with its `volumes`; whom to `escalate` to; the `row` for the log after those; what to `remove`, and which `scratch` copies
        - `macros.j2`: `<% macro recovery_drill(place) %>`: how people drill point-in-time recovery, for an `issue` or for the `page` on drills
      templates/questions.yaml: question `database_hosting`: `managed` needs `compare`, since another choice has it
      templates/questions.yaml: question `database`: `mariadb` needs `compare`, since another choice has it
      templates/slots.yaml: slot `backup`: no component fills it with `database: mariadb`, `database_hosting: atlas`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `backup`: no component fills it with `database: mariadb`, `database_hosting: cloudnative-pg`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `backup`: no component fills it with `database: mariadb`, `database_hosting: managed`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `backup`: no component fills it with `database: mariadb`, `database_hosting: rds`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `backup`: no component fills it with `database: mariadb`, `database_hosting: self-hosted`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: atlas`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: cloudnative-pg`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: managed`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: rds`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: self-hosted`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: aws`, `database: mongodb`, `database_hosting: managed`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: aws`, `database: mysql`, `database_hosting: managed`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: aws`, `database: postgresql`, `database_hosting: managed`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: atlas`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: cloudnative-pg`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: managed`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: rds`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: self-hosted`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: mongodb`, `database_hosting: managed`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: mysql`, `database_hosting: managed`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: postgresql`, `database_hosting: managed`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database`: no component fills it with `database: mariadb`, `database_hosting: atlas`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database`: no component fills it with `database: mariadb`, `database_hosting: cloudnative-pg`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database`: no component fills it with `database: mariadb`, `database_hosting: rds`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database`: no component fills it with `database: mariadb`, `database_hosting: self-hosted`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database`: no component fills it with `database: mongodb`, `database_hosting: managed`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database`: no component fills it with `database: mysql`, `database_hosting: managed`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database`: no component fills it with `database: postgresql`, `database_hosting: managed`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: dotnet`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: go`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: java_gradle`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: java_maven`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: node`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: other`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: php`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: python`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: ruby`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: rust`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: static`; add one, or say in `without` what that needs
    ");
}

/// Another engine has its own way to be backed up.
#[test]
fn an_empty_backup_is_a_list_of_what_it_owes() {
    let text = "title: Backups of MariaDB\nwhy: Another engine.\nprovides:\n  slot: backup\n  for:\n    \
                database: {value: mariadb, title: MariaDB, order: 40}\n    database_hosting: any\n";
    insta::assert_snapshot!(faults(&[("components/mariadb/backup/component.yaml", text)]), @r"
    error: the catalog has 25 faults:
      templates/components/mariadb/backup/component.yaml: owes to the slot `backup`:
        - `provides.facts.job`: name of the CronJob that makes backups, of the service account of its pods, and the label `app.kubernetes.io/name` of its jobs
        - `provides.facts.prefix`: what the keys of backups begin with in the bucket, before a slash
        - `provides.facts.artifact`: name of the file that is a dump
        - `provides.facts.image`: name of the image in the library of Docker Hub that dumps, restores and is the server of drills, and its key in pins.yaml, with a `cache`
        - `provides.facts.attempts`: how many volumes a job makes at most, one for each attempt; a number
        - `provides.facts.oldest_hours`: how many hours old the newest backup can be, when each run succeeds; a number
        - `files/k8s/components/backup/cronjob.yaml`
        - `files/k8s/components/backup/prometheusrule.yaml`
        - `files/k8s/components/restore-drill/cronjob.yaml`
        - `files/k8s/components/restore-drill/networkpolicy.yaml`
        - `files/k8s/overlays/__environment__/backup/kustomization.yaml`
        - `files/k8s/overlays/__environment__/restore-drill/kustomization.yaml`
        - `files/scripts/restore.sh`
        - `files/docs/restore-drill.md`
        - `files/docs/runbooks/restore.md`
        - `files/docs/runbooks/BackupStale.md`
        - `files/docs/runbooks/BackupJobFailed.md`
        - `files/docs/runbooks/RestoreDrillStale.md`
        - `contributes.object_prefixes`: an item
        - `contributes.object_grants`: an item
        - `contributes.overlay_resources`: an item
        - `contributes.runbooks`: an item
        - `contributes.first_hour`: an item
      templates/questions.yaml: question `database`: `mariadb` needs `compare`, since another choice has it
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: atlas`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: cloudnative-pg`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: rds`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_cloud`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: self-hosted`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: atlas`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: cloudnative-pg`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: rds`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database_secrets`: no component fills it with `cloud: aws`, `database: mariadb`, `database_hosting: self-hosted`, `secrets_manager: aws_secrets_manager`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database`: no component fills it with `database: mariadb`, `database_hosting: atlas`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database`: no component fills it with `database: mariadb`, `database_hosting: cloudnative-pg`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database`: no component fills it with `database: mariadb`, `database_hosting: rds`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `database`: no component fills it with `database: mariadb`, `database_hosting: self-hosted`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: dotnet`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: go`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: java_gradle`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: java_maven`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: node`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: other`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: php`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: python`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: ruby`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: rust`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mariadb`, `language: static`; add one, or say in `without` what that needs
    ");
}

#[test]
fn an_empty_language_is_a_list_of_what_it_owes() {
    insta::assert_snapshot!(faults(&[("components/languages/elixir/component.yaml", ELIXIR)]), @r"
    error: the catalog has 3 faults:
      templates/components/languages/elixir/component.yaml: owes to the slot `language`:
        - `provides.facts.title`: name of the language, for a sentence
        - `provides.facts.versions`: versions with a base image in pins.yaml, texts such as `24`; the first is the default, and an empty list asks for none
        - `provides.facts.package_managers`: choices of `package_manager` that the generated files know, the default first
        - `provides.facts.workspaces`: whether the package manager installs a package of a workspace by the lock file of the whole
        - `provides.facts.serves_files`: whether the image serves files and starts no program of the service; then with `/usr/share/nginx/runtime/config.js`
        - `provides.facts.builds_assets`: whether the image build can make scripts and styles with Node.js, as the answer `assets` says
        - `provides.facts.system_libraries`: choices of `libraries` that the image build can install; empty for none
        - `provides.facts.ecosystem`: the package manager, as Dependabot calls it; empty for none
        - `provides.facts.size`: default of `size`: enough for the usual program
        - `provides.facts.install`: shell command that installs exactly what the lock file says, with tools for the checks
        - `provides.facts.lint`: default of `lint`
        - `provides.facts.typecheck`: default of `typecheck`
        - `provides.facts.test`: default of `test`
        - `provides.facts.coverage_file`: lcov file that the default of `test` writes
        - `provides.facts.build`: default of `build`
        - `provides.facts.output`: folder that a build writes to; empty for none
        - `provides.facts.start`: default of `start`; empty where the image serves files
        - `provides.facts.variables`: list of `name`, `value`: what its libraries read in the cluster besides what every service is told
        - `provides.facts.git_ignored`: patterns of what its tools leave in the folder of a service
        - `provides.facts.image_ignored`: patterns of what its image build must not see
        - `provides.facts.authority_variable`: the variable by which its runtime takes a further certificate authority from a file; empty for none
        - `provides.facts.authority_note`: how clients of the `cache` and of the `broker` take a further certificate authority, a sentence each; empty where the image starts no program of the service
        - `provides.facts.migration_note`: what the service contract says about programs that migrate, as whole lines; empty for nothing
        - `files/__service_path__/Dockerfile`
        - `contributes.service_files`: an item
      templates/slots.yaml: slot `driver`: no component fills it with `cloud: aws`, `database: mongodb`, `language: elixir`; add one, or say in `without` what that needs
      templates/slots.yaml: slot `language_ci`: no component fills it with `ci: github_actions`, `language: elixir`; add one, or say in `without` what that needs
    ");
}

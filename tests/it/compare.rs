//! Choices and presets side by side.

use std::collections::{BTreeMap, BTreeSet};

use scaffold::catalog::Catalog;
use scaffold::show::compare::{self, Comparison, faults};
use scaffold::terminal::ui::Ui;
use scaffold::text::columns;
use serde_json::json;

use crate::support::{embedded, given, rendered};

fn strategies() -> Comparison {
    compare::choices(embedded(), embedded().question("database_hosting").unwrap()).unwrap()
}

fn text(comparison: &Comparison, width: usize) -> String {
    let ui = Ui::plain(width);
    compare::text(&ui, ui.out, comparison)
}

#[test]
fn nothing_is_compared_with_itself() {
    let error =
        compare::presets(embedded(), &["mongodb-atlas-on-aws".into(), "mongodb-atlas-on-aws".into()]).unwrap_err();
    assert_eq!(error.to_string(), "preset `mongodb-atlas-on-aws` is given twice");
}

#[test]
fn choices_side_by_side() {
    insta::assert_snapshot!(text(&strategies(), 160), @r#"
    Who operates the database?

    atlas                                   self-hosted                             rds                                     cloudnative-pg
    MongoDB Atlas: managed, private         Replica set in the cluster with the     Amazon RDS: managed, private,           In the cluster: CloudNativePG, three
    endpoint, point-in-time recovery        Percona operator, TLS and               point-in-time recovery                  copies
                                            point-in-time recovery

    What is generated
    - 365 files of 25 components            - 372 files of 25 components            - 372 files of 26 components            - 391 files of 26 components
    - `mongodb/backup`: Scheduled MongoDB   - `mongodb/backup`: Scheduled MongoDB   - `postgresql/backup`: Scheduled        - `postgresql/backup`: Scheduled
      backups with a restore drill; 44        backups with a restore drill; 44        PostgreSQL backups with a restore       PostgreSQL backups with a restore
      files, meets `BAK-01`, `BAK-02`,        files, meets `BAK-01`, `BAK-02`,        drill; 47 files, meets `BAK-01`,        drill; 47 files, meets `BAK-01`,
      `BAK-03`, `BAK-05`                      `BAK-03`, `BAK-05`                      `BAK-02`, `BAK-03`, `BAK-05`            `BAK-02`, `BAK-03`, `BAK-05`
    - `mongodb/atlas`: MongoDB Atlas with   - `mongodb/self-hosted`: MongoDB        - `postgresql/rds`: PostgreSQL in       - `postgresql/cloudnative-pg`:
      private endpoint and point-in-time      replica set in the cluster; 26          RDS; 3 files, meets `DB-01`,            PostgreSQL in the cluster; 30
      recovery; 6 files, meets `DB-01`,       files, meets `DB-01`, `DB-02`,          `DB-02`, `DB-03`                        files, meets `DB-01`, `DB-02`,
      `DB-02`, `DB-03`                        `DB-03`                               - `aws/postgresql-rds`: RDS in reach      `DB-03`, `DB-04`
    - `aws/mongodb-atlas`: Atlas in reach   - `aws/mongodb-self-hosted`: What AWS     of the pods; 13 files                 - `aws/postgresql-cloudnative-pg`:
      of the pods on AWS; 13 files            has for the replica set; 2 files      - `aws/postgresql-rds-secrets`:           What AWS has for PostgreSQL in the
    - `aws/mongodb-atlas-secrets`:          - `aws/mongodb-self-hosted-secrets`:      Passwords of PostgreSQL in AWS          cluster; 5 files
      Addresses and credentials of Atlas      Passwords of the replica set in AWS     Secrets Manager; 2 files              -
      in AWS Secrets Manager; 4 files         Secrets Manager; 2 files              - `postgresql/roles`: Roles of            `aws/postgresql-cloudnative-pg-secr
    - `languages/static-driver`: No         - `languages/static-driver`: No           PostgreSQL; 9 files                     ets`:
      database behind static files; 0         database behind static files; 0       - `postgresql/passwords`: PostgreSQL      Passwords of PostgreSQL in AWS
      files                                   files                                   with passwords; 0 files                 Secrets Manager; 2 files
    - `mongodb/node-on-aws`: MongoDB from   - `mongodb/node-on-aws`: MongoDB from                                           - `postgresql/roles`: Roles of
      Node.js on AWS; 0 files                 Node.js on AWS; 0 files                                                         PostgreSQL; 9 files
                                                                                                                            - `postgresql/passwords`: PostgreSQL
                                                                                                                              with passwords; 0 files

    What costs money
    - A cluster, a network with its         - A cluster, a network with its         - A cluster, a network with its         - A cluster, a network with its
      gateways and a load balancer for        gateways and a load balancer for        gateways and a load balancer for        gateways and a load balancer for
      each environment                        each environment                        each environment                        each environment
    - A database for each environment       - A database for each environment       - A database for each environment       - A database for each environment
    - A cluster of three members per        - Three members per environment on      - An instance per environment, by       - Three instances per environment on
      environment, by tier and hour; all      nodes of the cluster, by their CPU      class and hour; production has a        nodes of the cluster, by their CPU
      but production use M10                  and memory; no licence                  second one that takes over, all but     and memory; no licence
    - Storage, snapshots, the change log    - Their volumes, and the change log       production use db.t4g.small, or the   - Their volumes, and the change log
      and their copies in the other           and dumps in S3, by size                next that takes the connections of      and dumps in S3, by size
      region, by size                       - What the members copy to each other     their services                        - What the instances copy to each
    - A private endpoint per environment,     between zones, by data                - Storage, and its backups beyond its     other between zones, by data
      by hour and by data                                                             own size with their copies in the
                                                                                      other region

    Estimate for a month, in US dollars
    - The Atlas cluster of production,      - 2 more machines, as the three         - The RDS instances of production:      - 2 more machines, as the three
      M30: 394                                members of a replica set run apart:     two db.m7g.large: 246                   instances of the database run
    - 4 NAT gateways: 131                     140                                   - Storage of the databases, 50 GiB,       apart: 140
    - Private endpoints of 7 services of    - Volumes of the members, 50 GiB          twice in production: 17               - Volumes of the instances, 50 GiB
      AWS in three zones, for production:     each: 24                              - 4 NAT gateways: 131                     each and a quarter more for the
      153                                   - 4 NAT gateways: 131                   - Private endpoints of 7 services of      change log: 30
    - 2 load balancers: 33                  - Private endpoints of 7 services of      AWS in three zones, for production:   - 4 NAT gateways: 131
    - 2 control planes of EKS: 146            AWS in three zones, for production:     153                                   - Private endpoints of 7 services of
    - 4 machines of 2 CPUs and 8 GiB, two     153                                   - 2 load balancers: 33                    AWS in three zones, for production:
      for each cluster: 280                 - 2 load balancers: 33                  - 2 control planes of EKS: 146            153
    - Together, at the least: 1137          - 2 control planes of EKS: 146          - 4 machines of 2 CPUs and 8 GiB, two   - 2 load balancers: 33
                                            - 4 machines of 2 CPUs and 8 GiB, two     for each cluster: 280                 - 2 control planes of EKS: 146
                                              for each cluster: 280                 - Together, at the least: 1006          - 4 machines of 2 CPUs and 8 GiB, two
                                            - Together, at the least: 907                                                     for each cluster: 280
                                                                                                                            - Together, at the least: 913

    Who does what
    - Upgrades of the cluster and its       - Upgrades of the cluster and its       - Upgrades of the cluster and its       - Upgrades of the cluster and its
      charts are tried in another             charts are tried in another             charts are tried in another             charts are tried in another
      environment first                       environment first                       environment first                       environment first
    - Someone watches its alerts and its    - Someone watches its alerts and its    - Someone watches its alerts and its    - Someone watches its alerts and its
      restore drills                          restore drills                          restore drills                          restore drills
    - MongoDB, Inc. patches, repairs and    - An engineer who knows MongoDB is on   - AWS patches and repairs the           - An engineer who knows PostgreSQL is
      enlarges the database, also at          call, also at night                     database, also at night                 on call, also at night
      night                                 - You plan upgrades of the operator,    - You plan upgrades to a new major      - You plan upgrades of the operator,
    - You renew the service accounts once     MongoDB and Kubernetes together         version, and watch connections and      PostgreSQL and Kubernetes together
      a year and watch the limits of the    - You watch the volumes and enlarge       storage                               - You watch the volumes and enlarge
      tier                                    them                                                                            them
    - MongoDB, Inc. processes your data,
      which belongs into your records and
      contracts

    Data that a disaster can cost (RPO)
    - what the database and its backups     - what the database and its backups     - what the database and its backups     - what the database and its backups
      reach                                   reach                                   reach                                   reach
    - a minute or more, as hosting and      - a minute or more, as hosting and      - minutes or more, as backups allow     - minutes or more, as backups allow
      backups allow                           backups allow                         - 5 minutes with point-in-time          - 5 minutes with point-in-time
    - 1 minute with point-in-time           - 1 minute with point-in-time             recovery; the last dump when the        recovery while the region stands;
      recovery, also when the region is       recovery while the region stands;       region or the account is lost           the last dump when it is lost
      lost; the last dump when the Atlas      the last dump when it is lost
      project is lost

    Time that recovery takes (RTO), for all
      - that of one environment, as a lost cluster takes no other along
      - an hour or more, as the drill measures
      - 1 hour or more, growing with the data; the restore drill measures it

    Needs that are met
    - 40 of 63                              - 40 of 63                              - 40 of 63                              - 41 of 63

    Needs left open
    - `DB-04` Read replicas where asked     - `DB-04` Read replicas where asked     - `DB-04` Read replicas where asked

    Needs left open, for all
      - `K8S-06` Rate limits at the edge, WAF, DDoS protection and CDN for static assets where the cloud offers them
      - `K8S-07` Local development and single-host production stacks
      - `DB-05` Redis with persistence and replication, or managed
      - `DB-06` NATS JetStream where used
      - `BAK-04` Grafana (and other state outside the database) is backed up
      - `CI-03` End-to-end tests run before release
      - `CI-07` SAST, DAST and dependency scanning in CI
      - `OBS-02` Grafana with authentication, persistence and dashboards
      - `OBS-03` Alert rules for 5xx rate, auth-failure spike, database connectivity, saturation, backups, certificates; unit-tested
      - `OBS-06` Central structured logs with retention (Loki, ELK or Datadog)
      - `OBS-07` Tracing through OTLP (Jaeger/Tempo) with sampling
      - `OBS-08` Error reporting (Sentry)
      - `OBS-09` No high-cardinality labels kept
      - `OBS-10` Service code exposes metrics, structured logs and request ids
      - `GOV-01` Threat model
      - `GOV-02` Privacy and data-retention policy
      - `GOV-03` Audit and penetration-test plan
      - `LOAD-01` Baseline load test with thresholds from the SLOs, and a report
      - `OPS-04` Deterministic operator onboarding (bootstrap admin)
      - `OPS-05` Feature flags with a sample flag (Flagsmith, LaunchDarkly)
      - `OPS-06` Partner onboarding playbook, API keys, sandbox
      - `OPS-07` API documentation is hosted

    What is left for a person
    - `DB-01` Make the service accounts     - `DB-01` Name the people who operate   - `DB-02` Drill a recovery to a point   - `DB-01` Name the people who operate
      in Atlas and store them                 MongoDB at night.                       in time every half year                 PostgreSQL at night.
      (docs/runbooks/rotate-atlas-credent   - `CI-05` With Enterprise Cloud or a      (docs/restore-drill.md).              - `DB-03` Set the pool of each
      ials.md).                               public repository, answer             - `DB-03` Set the pool of each            service to ten connections or
    - `DB-03` Compare 50 connections per      `github_plan` again: then the           service to ten connections or           fewer, as docs/service-contract.md
      instance with the limit of the          environment itself can wait for a       fewer, as docs/service-contract.md      says.
      Atlas tier once the number of           reviewer.                               says.                                 - `CI-05` Name a second person in
      instances is known.                   - 21 tasks that all have in common      - `CI-05` Name a second person in         `approvers`, so that one can
    - `CI-05` Name a second person in                                                 `approvers`, so that one can            approve when the other releases.
      `approvers`, so that one can                                                    approve when the other releases.      - 21 tasks that all have in common
      approve when the other releases.                                              - 21 tasks that all have in common
    - 21 tasks that all have in common

    Counted with the answers of `mongodb-atlas-on-aws` and `mongodb-self-hosted-on-aws` and `postgresql-rds-on-aws` and `postgresql-in-cluster-on-aws`;
    `database_hosting` is not all that differs. Estimates are list prices of us-east-1 as of 2026-11-28, without load, traffic, storage, logs, keys and tax.
    "#);
}

#[test]
fn choices_one_below_the_other() {
    let text = text(&strategies(), 40);
    assert!(text.contains("What costs money\natlas\n  - A cluster, a network with its\n"), "{text}");
    assert_eq!(text.matches("\n  - A database for each environment\n").count(), 4, "{text}");
    assert!(text.contains("\nself-hosted\n  - A cluster, a network"), "{text}");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    let all = embedded().presets.iter().map(|p| p.name.clone()).collect::<Vec<_>>();
    for comparison in [strategies(), compare::presets(embedded(), &all).unwrap()] {
        for width in [20, 40, 67, 68, 80, 120, 200] {
            let text = text(&comparison, width);
            let widest = text.lines().max_by_key(|line| columns(line)).unwrap();
            assert!(columns(widest) <= width.max(40), "{width}: {widest}");
            assert!(text.lines().all(|line| line.trim_end() == line), "{text}");
        }
    }
}

/// The counts are those of what is generated, and only the answer differs.
#[test]
fn counts_are_those_of_the_generated_repository() {
    let comparison = strategies();
    let generated = &comparison.rows.iter().find(|row| row.name == "generated").unwrap().cells;
    let (_, _, atlas) = rendered(&given("mongodb-atlas-on-aws", &[])).unwrap();
    let components: BTreeSet<&String> = atlas.origin.values().map(|origin| &origin.component).collect();
    let sum = format!("{} files of {} components", atlas.tree.files.len(), components.len());
    assert_eq!(generated[0][0], sum);
    let (_, _, other) =
        rendered(&given("mongodb-atlas-on-aws", &[("database_hosting", json!("self-hosted"))])).unwrap();
    assert!(generated[1][0].starts_with(&format!("{} files", other.tree.files.len())), "{generated:?}");
}

/// What the catalog says about the shortest RPO and RTO is what its rules allow.
#[test]
fn the_recovery_that_is_promised_is_the_one_that_is_accepted() {
    for choice in &embedded().question("database_hosting").unwrap().choices {
        let strategy = choice.compare.as_ref().unwrap();
        let (promised, accepted, refused) = if ["rds", "cloudnative-pg"].contains(&choice.value.as_str()) {
            ("5 minutes", "5m", "299s")
        } else {
            ("1 minute", "1m", "59s")
        };
        assert!(strategy.rpo.starts_with(promised) && strategy.rto.starts_with("1 hour"), "{strategy:?}");
        let preset =
            embedded().presets.iter().find(|p| p.answers.get("database_hosting") == Some(&json!(choice.value)));
        let preset = preset.unwrap();
        let accepts = |name, value| rendered(&given(&preset.name, &[(name, json!(value))])).is_ok();
        assert!(accepts("rpo", accepted) && !accepts("rpo", refused), "{}", choice.value);
        assert!(accepts("rto", "1h") && !accepts("rto", "59m"), "{}", choice.value);
    }
}

/// Each need that is not met is named once: below its side, or below all.
#[test]
fn open_needs_are_named() {
    let names = ["mongodb-atlas-on-aws", "no-database-on-aws"];
    let comparison = compare::presets(embedded(), &names.map(Into::into)).unwrap();
    let row = |name: &str| &comparison.rows.iter().find(|row| row.name == name).unwrap().cells;
    let ids = |cell: &Vec<String>| -> BTreeSet<String> {
        cell.iter().map(|text| text.split('`').nth(1).unwrap().to_owned()).collect()
    };
    let (own, all) = (row("open"), row("open_for_all"));
    assert_eq!(all[0], all[1]);
    assert!(own[1].iter().any(|text| text.starts_with("`BAK-01` Scheduled database backups")), "{own:?}");
    for (i, name) in names.iter().enumerate() {
        let (_, _, rendered) = rendered(&given(name, &[])).unwrap();
        let open: BTreeSet<String> =
            rendered.readiness.iter().filter(|need| !need.covered).map(|need| need.id.clone()).collect();
        assert_eq!(&ids(&own[i]) | &ids(&all[i]), open);
        assert!(ids(&own[i]).is_disjoint(&ids(&all[i])));
        assert_eq!(
            row("readiness")[i][0],
            format!("{} of {}", embedded().needs.len() - open.len(), embedded().needs.len())
        );
    }
    let text = text(&comparison, 80);
    assert_eq!(text.matches("`GOV-01` Threat model").count(), 1, "{text}");
}

#[test]
fn a_comparison_leaves_no_choice_out() {
    let questions = "
questions:
  - name: a
    ask: A?
    help: h
    kind: choice
    choices:
      - {value: x, title: X, compare: {money: [m], people: [p], rpo: r, rto: t}}
      - {value: y, title: Y}
      - {value: z, title: Z, compare: {money: [], people: [p], rpo: r, rto: t}}
";
    let preset = "{title: t, description: d, answers: {a: x}}";
    let files = [("templates/questions.yaml", questions), ("presets/one.yaml", preset)];
    let source: BTreeMap<String, _> =
        files.map(|(path, text)| (path.to_string(), text.as_bytes().to_vec().into())).into();
    let (catalog, unparsed) = Catalog::parse(source.into_iter().collect());
    assert_eq!(unparsed, []);
    let found: Vec<String> = faults(&catalog).iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "templates/questions.yaml: question `a`: `y` needs `compare`, since another choice has it",
            "templates/questions.yaml: question `a`: `compare` of `z` leaves something out",
            "templates/questions.yaml: question `a`: `z` has `compare` and needs a preset that takes it",
        ]
    );
}

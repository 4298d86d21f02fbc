//! The move of an application that runs somewhere already: `moving_in`.

use crate::cases::{self, outcome, there};
use crate::support::given;
use crate::support::rendered;

const RUNBOOK: &str = "docs/runbooks/moving-in.md";
const SCRIPT: &str = "scripts/move-in.sh";

/// Commands of a runbook, the blocks of `sh`.
fn commands(runbook: &str) -> String {
    let blocks = runbook.split("```sh").skip(1).map(|block| block.split("```").next().unwrap());
    blocks.collect()
}

#[test]
fn without_a_move_nothing_mentions_one() {
    for (preset, outcome) in cases::presets() {
        for (path, file) in &outcome.rendered.tree.files {
            let text = String::from_utf8_lossy(&file.bytes);
            for word in ["moving-in", "move-in", "moving_in", "SMOKE_TO"] {
                assert!(!path.contains(word) && !text.contains(word), "{preset}: {path} mentions {word}");
            }
        }
    }
}

/// The answer adds two files at most, and takes them away again.
#[test]
fn a_move_adds_its_runbook_and_what_it_needs() {
    for (preset, files) in [
        ("mongodb-atlas-on-aws", vec![RUNBOOK, SCRIPT]),
        ("mongodb-self-hosted-on-aws", vec![RUNBOOK, SCRIPT]),
        ("existing-database-on-aws", vec![RUNBOOK]),
        ("no-database-on-aws", vec![RUNBOOK]),
    ] {
        let (_, _, with) = rendered(&given(preset, &[("moving_in", true.into())])).unwrap();
        let without = &cases::presets()[preset].rendered;
        let added: Vec<_> = with.tree.files.keys().filter(|path| !without.tree.files.contains_key(*path)).collect();
        assert_eq!(added, files, "{preset}");
    }
}

#[test]
fn the_runbook_has_the_parts_of_its_system_only() {
    for (case, database, volumes) in [
        ("cases/core/volumes/every-service", true, true),
        ("cases/core/moving-in/atlas", true, false),
        ("cases/core/existing-database/mariadb-and-files", false, true),
        ("cases/core/no-database/files-and-jobs", false, true),
    ] {
        let runbook = there(case, RUNBOOK);
        let commands = commands(&runbook);
        for word in ["scripts/move-in.sh copy prod", "scripts/restore.sh run prod", "cronjob mongodb-backup"] {
            assert_eq!(commands.contains(word), database, "{case}: {word}");
        }
        for word in ["kind: Pod", "tar -C"] {
            assert_eq!(commands.contains(word), volumes, "{case}: {word}");
        }
        assert_eq!(runbook.contains("MongoDB") || runbook.contains("mongo"), database, "{case}");
        assert_eq!(outcome(case).rendered.tree.files.contains_key(SCRIPT), database, "{case}");
        assert!(there(case, "docs/runbooks/README.md").contains("[moving-in](moving-in.md)"), "{case}");
        assert!(runbook.trim_end().contains("`scaffold update --set moving_in=false`"), "{case}");
    }
    let live = |case| there(case, RUNBOOK).contains("Live Migration");
    assert!(live("cases/core/moving-in/atlas") && !live("cases/core/volumes/every-service"));
}

/// A pod that fills the volume writes as the user of the service, where its files are.
#[test]
fn files_go_into_the_volume_as_the_user_of_the_service() {
    let commands = commands(&there("cases/core/volumes/every-service", RUNBOOK));
    for line in [
        "   service=site folder=/var/lib/site user=0 ",
        "   # service=index folder=/srv/index user=1000\n",
        "   # service=wiki folder=/wiki/data user=1000\n",
    ] {
        assert!(commands.contains(line), "{line}");
    }
}

/// The old place answers at the public name until the switch: to enter the name servers of production earlier would take it down,
/// and a smoke test at the public name would ask the wrong system.
#[test]
fn dns_leads_to_the_old_place_until_the_switch() {
    let case = "cases/core/moving-in/atlas";
    let first_hour = there(case, "docs/first-hour.md");
    assert!(first_hour.contains("**Do not delegate shop.example.com yet**"), "{first_hour}");
    assert!(!first_hour.contains("at its registrar"), "{first_hour}");
    assert!(there(case, "scripts/deploy.sh").contains("  export SMOKE_TO\n"));
    assert!(there(case, "scripts/smoke.sh").contains(r#"where=(--connect-to "::$SMOKE_TO:")"#));
    let commands = commands(&there(case, RUNBOOK));
    let target = "external-dns.alpha.kubernetes.io/target";
    let kept = commands.find(&format!("{target}=\"$old\"")).unwrap();
    let delegated = commands.find("output name_servers").unwrap();
    let switched = commands.find(&format!("{target}-")).unwrap();
    assert!(kept < delegated && delegated < switched, "{commands}");
}

/// Each script of the page takes the options that the page gives it.
#[test]
fn scripts_take_the_options_of_the_runbook() {
    for preset in
        ["mongodb-atlas-on-aws", "mongodb-self-hosted-on-aws", "existing-database-on-aws", "no-database-on-aws"]
    {
        let (_, _, with) = rendered(&given(preset, &[("moving_in", true.into())])).unwrap();
        let file = |path: &str| String::from_utf8_lossy(&with.tree.files[path].bytes).into_owned();
        let mut options = 0;
        for line in commands(&file(RUNBOOK)).lines() {
            let mut words = line.split_whitespace().skip_while(|word| !word.starts_with("scripts/"));
            let Some(script) = words.next() else { continue };
            for option in words.filter(|word| word.starts_with("--")) {
                assert!(file(script).contains(&format!("{option}) ")), "{preset}: {script} has no {option}");
                options += 1;
            }
        }
        assert!(options > 0, "{preset}");
    }
}

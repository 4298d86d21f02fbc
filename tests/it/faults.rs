//! Faults of a catalog: what the linter refuses, and where it says that it is.

use std::fs;
use std::path::Path;

use crate::scene;
use crate::support::{read_tree, root, write_tree};

/// The small catalog with some texts of its files replaced, and what is said of it as `--templates TEMPLATES`.
fn said_of(place: &Path, templates: &str, edits: &[(&str, &str, &str)]) -> String {
    write_tree(&place.join("catalog"), &read_tree(&root().join("tests/catalogs/small")));
    for (file, old, new) in edits {
        let path = place.join("catalog").join(file);
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(old), "{file}: {old}");
        fs::write(&path, text.replacen(old, new, 1)).unwrap();
    }
    let run = scene::program(place).args(["questions", "--templates", templates]).output().unwrap();
    scene::said(&run)
}

fn refused(old: &str, new: &str) -> String {
    let place = tempfile::tempdir().unwrap();
    said_of(place.path(), "catalog/templates", &[("templates/questions.yaml", old, new)])
}

const REGION: &str = "one_of: [eu-central-1, ";

#[test]
fn a_list_of_texts_is_sound() {
    let said = refused(REGION, "one_of: [eu-central-1, eu-central-1, ");
    assert!(said.contains("question `region`: `one_of` names `eu-central-1` twice"), "{said}");
    let said = refused(REGION, "one_of: [eu-south-9, ");
    assert!(said.contains("question `region`: its default is \"eu-central-1\", which is not a region"), "{said}");
    let said = refused("    pattern_hint: is not a region\n", "");
    assert!(said.contains("a `pattern` or `one_of` needs a `pattern_hint` that begins with `is not`"), "{said}");
    let said = refused("    kind: integer\n", "    kind: integer\n    one_of: [a]\n    pattern_hint: is not a\n");
    assert!(said.contains("`one_of` goes with the kind `text`"), "{said}");
}

#[test]
fn what_detects_an_answer_is_known() {
    let said = refused("    kind: integer\n", "    kind: integer\n    detected_by: {finding: copies}\n");
    assert!(said.contains("unknown variant `copies`, expected one of `project_name`, `repository`"), "{said}");
    let said = refused("    kind: integer\n", "    kind: integer\n    detected_by: {finding: port, of: [mongodb]}\n");
    assert!(said.contains("question `replicas`: `of` of `detected_by` goes with `repository`"), "{said}");
}

#[test]
fn what_names_the_project_at_times_is_a_field_without_a_default() {
    let said = refused("    kind: integer\n", "    kind: integer\n    identity_when: replicas > 0\n");
    assert!(said.contains("question `replicas`: `identity_when` goes with a field without `identity`"), "{said}");
    assert!(said.contains("question `replicas`: `replicas > 0` uses `replicas`, which is not known there"), "{said}");
}

#[test]
fn a_rule_has_a_condition_over_names_that_are_known() {
    let rule = "rules:\n  - {when: colour == 1, require: replicas > 0, message: m, answers: [replicas]}\n";
    let said = refused("rules:\n", rule);
    assert!(said.contains("rule `replicas > 0`: `colour == 1` uses `colour`, which is not known there"), "{said}");
}

/// As the person wrote the folder.
#[test]
fn faults_have_the_path_of_the_folder() {
    let place = tempfile::tempdir().unwrap();
    let edits = [("templates/questions.yaml", "What is it for?", "What is it for")];
    let told = "questions.yaml: question `description` does not ask";
    for templates in
        ["catalog/templates", "./catalog/templates/", place.path().join("catalog/templates").to_str().unwrap()]
    {
        let said = said_of(place.path(), templates, &edits);
        assert!(said.contains(&format!("\n  {}/{told}", templates.trim_end_matches('/'))), "{said}");
    }
    let preset = [("presets/shop.yaml", "answers:\n", "answers:\n  colour: red\n")];
    let said = said_of(place.path(), "catalog/templates", &preset);
    assert!(said.contains("\n  catalog/templates/../presets/shop.yaml: answers `colour`"), "{said}");
}

#[test]
fn an_answer_that_may_come_later_is_only_printed() {
    let said = refused("    kind: email\n", "    kind: email\n    later: Address\n");
    assert!(said.contains("question `contact`: `later` is `Address`, not capitals, digits and `_`"), "{said}");
    assert!(said.contains("question `contact`: `later` has no meaning for its kind"), "{said}");
    let said = refused("    kind: integer\n", "    kind: integer\n    later: REPLICAS\n");
    assert!(said.contains("question `replicas` has a default and needs no `later`"), "{said}");
    let place = tempfile::tempdir().unwrap();
    let manifest = "templates/components/base/component.yaml";
    let waits = "waits: [{with: none/, files: [run.sh]}]\nwhy:";
    let said = said_of(place.path(), "catalog/templates", &[(manifest, "why:", waits)]);
    assert!(said.contains("`waits` names `none/`, where no component has a file"), "{said}");
}

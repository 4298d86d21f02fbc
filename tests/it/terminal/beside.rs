//! Presets and strategies can be seen side by side before one is taken.

use scaffold::cli::CatalogArgs;

use super::*;

const COMPARE: &str = "Compare them side by side";
const COST: &str = "What costs money";

/// In an empty folder, with the built-in catalog.
fn inside(columns: u16, args: &[&str]) -> (TempDir, Session) {
    let (temp, dir) = target();
    fs::create_dir(&dir).unwrap();
    let session = Start::inside(&dir, &[&["init", "."], args].concat()).columns(columns).rows(180).run();
    (temp, session)
}

#[test]
fn presets_are_compared_before_one_is_chosen() {
    for columns in [40, 80] {
        let (_temp, mut s) = inside(columns, &[]);
        s.see(COMPARE).answer(START, &[UP, ENTER].concat()).see("> What do you want to start from? compare");
        s.see(COST).see("every answer can be changed.").answer(START, ENTER).answer(NAME, CTRL_C);
        s.ends_with(130).nothing_changed();
    }
}

#[test]
fn the_choices_of_a_strategy_are_compared_and_others_are_not() {
    let preset = scaffold::commands::load_catalog(&CatalogArgs::default()).unwrap();
    let preset = preset.preset("mongodb-atlas-on-aws").unwrap().clone();
    let temp = TempDir::new().unwrap();
    let answers = temp.path().join("answers.yaml");
    fs::write(&answers, serde_yaml::to_string(&preset.answers).unwrap()).unwrap();
    let (_temp, mut s) = inside(80, &["--answers", &answers.display().to_string()]);
    s.answer(OVERVIEW, &[&DOWN.repeat(5), ENTER].concat())
        .answer("Database: which answer", &[DOWN, DOWN, ENTER].concat());
    s.see(COMPARE).answer("Who operates the database?", &[UP, ENTER].concat());
    s.see(COST).see("Three members per environment").answer("Who operates the database?", ENTER);
    s.see("> Who operates the database? atlas");
    s.answer(OVERVIEW, &[&DOWN.repeat(3), ENTER].concat())
        .answer("GitHub: which answer", &[&DOWN.repeat(5), ENTER].concat());
    // four entries, from the last one around to it
    s.answer("Which GitHub plan does the repository use?", &[&UP.repeat(4), ENTER].concat());
    s.see("> Which GitHub plan does the repository use? enterprise");
    s.answer(OVERVIEW, CTRL_C).ends_with(130).nothing_changed();
}

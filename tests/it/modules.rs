//! Generated Terraform, where a module and its tests must agree.

use std::collections::{BTreeMap, BTreeSet};

use hcl::{Block, Body};

use crate::cases::outcomes;

/// Names of variables in a file, by whether it declares them or sets them for a test.
#[derive(Default)]
struct Variables {
    declared: BTreeSet<String>,
    set: BTreeSet<String>,
}

impl Variables {
    fn of(file: &[u8]) -> Self {
        let body: Body = hcl::parse(std::str::from_utf8(file).unwrap()).unwrap();
        let mut variables = Self::default();
        body.into_blocks().for_each(|block| variables.add(&block));
        variables
    }

    fn add(&mut self, block: &Block) {
        match block.identifier() {
            "variable" => self.declared.extend(block.labels().first().map(|name| name.as_str().to_owned())),
            "variables" => self.set.extend(block.body().attributes().map(|set| set.key().to_owned())),
            "run" => block.body().blocks().for_each(|block| self.add(block)),
            _ => {}
        }
    }
}

/// Terraform takes a variable of a test that the module does not declare without a word.
#[test]
fn tests_set_variables_that_the_module_has() {
    let (mut known, mut seen) = (BTreeMap::new(), BTreeSet::new());
    for outcome in outcomes() {
        let files = &outcome.rendered.tree.files;
        for (path, test) in files.iter().filter(|(path, _)| path.ends_with(".tftest.hcl")) {
            let module = path.split("tests/").next().unwrap();
            let is_code =
                |name: &str| name.strip_prefix(module).is_some_and(|file| file.ends_with(".tf") && !file.contains('/'));
            let code = files.iter().filter(|(name, _)| is_code(name)).map(|(_, file)| &*file.bytes);
            let unit: Vec<&[u8]> = code.chain([&*test.bytes]).collect();
            if !seen.insert(unit.clone()) {
                continue;
            }
            for file in &unit {
                known.entry(*file).or_insert_with(|| Variables::of(file));
            }
            let of = || unit.iter().map(|file| &known[*file]);
            let declared = |name: &&String| of().any(|file| file.declared.contains(*name));
            let undeclared: Vec<&String> = of().flat_map(|file| &file.set).filter(|name| !declared(name)).collect();
            assert!(undeclared.is_empty(), "{}/{path} sets {undeclared:?}", outcome.case.snapshot);
        }
    }
    assert!(seen.len() > 50, "only {} modules have tests", seen.len());
}

//! What templates may name, and which names of a template are unknown.

use std::collections::{BTreeMap, BTreeSet};

use minijinja::machinery::{Instruction, get_compiled_template};
use minijinja::{Environment, Template};

use crate::catalog::slots::PROVIDED;
use crate::catalog::{Catalog, Component, Fault, TemplateFile};
use crate::template::engine::{self, FUNCTIONS};
use crate::template::flow;

/// Names that every template can use besides answers and derived facts.
pub const NAMES: [&str; 7] = ["pins", "contributed", "provided", "readiness", "components", "open_answers", "waiting"];

/// Names that minijinja has itself.
const BUILTINS: [&str; 6] = ["range", "dict", "loop", "caller", "self", "debug"];

/// Knows what is wrong inside the templates of a catalog.
pub struct Templates<'a> {
    catalog: &'a Catalog,
    /// The lists of `lists.yaml`.
    lists: BTreeSet<&'a str>,
    /// The names for the files of each component.
    scopes: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Templates<'a> {
    pub fn new(catalog: &'a Catalog) -> Self {
        let scopes = catalog.components.iter().map(|c| (c.name.as_str(), scope(catalog, c)));
        Self { catalog, lists: catalog.lists.keys().map(String::as_str).collect(), scopes: scopes.collect() }
    }

    /// All that is wrong inside a file of a component.
    pub fn compiled(&self, env: &Environment<'_>, component: &Component, file: &TemplateFile) -> Vec<Fault> {
        if !file.template {
            return Vec::new();
        }
        let Ok(source) = std::str::from_utf8(&file.source) else {
            return vec![Fault::new(&file.origin, "is not UTF-8")];
        };
        match engine::template(env, &file.origin, source) {
            Ok(template) => self.faults(component, file, &template),
            Err(e) => vec![Fault::new(&file.origin, format!("line {}: {e}", e.line().unwrap_or(0)))],
        }
    }

    /// The unknown names of a template that compiles.
    pub fn faults<'t>(&self, component: &Component, file: &TemplateFile, template: &Template<'t, 't>) -> Vec<Fault> {
        let mut faults = flow_faults(file);
        if self.evidently_sound(component, file, template) {
            return faults;
        }
        let fault = |message: String| Fault::new(&file.origin, message);
        for used in template.undeclared_variables(true) {
            let mut parts = used.split('.');
            let first = parts.next().unwrap_or_default();
            if !self.knows(first, component, file) {
                faults.push(fault(unknown(self.catalog, first)));
            } else if let Some(why) = unprovided(self.catalog, &used, |_| false) {
                faults.push(fault(why));
            } else if first == "contributed"
                && let Some(list) = parts.next()
                && !self.lists.contains(list)
            {
                faults.push(fault(format!("reads the list `contributed.{list}`, which is not in lists.yaml")));
            }
        }
        faults
    }

    /// Whether the compiled template shows that every name is known. `undeclared_variables` parses the text once more,
    /// which would be 40% of the work with a template. Only where names are assigned by more than loops, or lists of
    /// contributions are read, it takes that.
    fn evidently_sound<'t>(&self, component: &Component, file: &TemplateFile, template: &Template<'t, 't>) -> bool {
        let compiled = get_compiled_template(template);
        let instructions = (0..).map_while(|at| compiled.instructions.get(at));
        let mut loops: Vec<Vec<&str>> = Vec::new();
        // variables of the innermost loop that have yet to get their names
        let mut open = 0;
        for instruction in instructions {
            match instruction {
                Instruction::PushLoop(_) => loops.push(Vec::new()),
                Instruction::Iterate(_) => open = 1,
                Instruction::UnpackList(count) if open > 0 => open = open + count - 1,
                Instruction::StoreLocal(name) if open > 0 => {
                    open -= 1;
                    if let Some(names) = loops.last_mut() {
                        names.push(name);
                    }
                }
                Instruction::PopLoopFrame => drop(loops.pop()),
                Instruction::Lookup(name) | Instruction::CallFunction(name, _) => {
                    let known = loops.iter().flatten().any(|variable| variable == name)
                        || (!["contributed", PROVIDED].contains(name) && self.knows(name, component, file));
                    if !known {
                        return false;
                    }
                }
                Instruction::StoreLocal(_)
                | Instruction::SetAttr(_)
                | Instruction::PushWith
                | Instruction::BuildMacro(..)
                | Instruction::Include(_)
                | Instruction::LoadBlocks
                | Instruction::CallBlock(_) => return false,
                _ => {}
            }
        }
        true
    }

    fn knows(&self, name: &str, component: &Component, file: &TemplateFile) -> bool {
        self.scopes.get(component.name.as_str()).is_some_and(|names| names.contains(name))
            || is_builtin(name)
            || repeated(self.catalog, &file.path).any(|variable| variable == name)
    }
}

/// The names that the files and texts of a component can use: answers and facts of the project, its own, the answers of
/// the components that it requires, and [`NAMES`].
pub(crate) fn scope<'c>(catalog: &'c Catalog, component: &'c Component) -> BTreeSet<&'c str> {
    let mut names: BTreeSet<&str> = NAMES.into_iter().collect();
    names.extend(catalog.project.questions.iter().map(|question| question.name.as_str()));
    names.extend(catalog.project.derived.keys().map(String::as_str));
    names.extend(component.manifest.derived.keys().map(String::as_str));
    names.extend(answers(catalog, component));
    names
}

/// The answers of a component and of those that it requires.
pub(crate) fn answers<'c>(catalog: &'c Catalog, component: &'c Component) -> BTreeSet<&'c str> {
    let mut names = BTreeSet::new();
    let (mut seen, mut open) = (BTreeSet::new(), vec![component]);
    while let Some(component) = open.pop() {
        if seen.insert(component.name.as_str()) {
            names.extend(component.manifest.questions.iter().map(|question| question.name.as_str()));
            open.extend(component.manifest.requires.iter().filter_map(|name| catalog.component(name)));
        }
    }
    names
}

/// Why a name is unknown where it is used.
pub(crate) fn unknown(catalog: &Catalog, name: &str) -> String {
    match catalog.questions().find(|(_, question)| question.name == name) {
        Some((Some(owner), _)) => {
            format!("uses `{name}`, an answer of `{}`, which is not among what it `requires`", owner.name)
        }
        _ => format!("uses `{name}`, which no question or fact has as its name"),
    }
}

/// What is wrong with a name such as `provided.cloud.registry`, where the records of a list have facts of these slots.
pub(crate) fn unprovided(catalog: &Catalog, name: &str, in_record: impl Fn(&str) -> bool) -> Option<String> {
    let mut parts = name.split('.');
    let (PROVIDED, Some(slot)) = (parts.next()?, parts.next()) else { return None };
    let Some(slot_facts) = catalog.slots.slots.get(slot) else {
        return Some(format!("reads `provided.{slot}`, which is not a slot of slots.yaml"));
    };
    if let Some(per) = slot_facts.per.as_ref().filter(|_| !in_record(&format!("{PROVIDED}.{slot}"))) {
        return Some(format!("reads `provided.{slot}`, which each of `{per}` has for itself"));
    }
    let fact = parts.next()?;
    let is_known = slot_facts.facts.contains_key(fact) || ["provider", "macros"].contains(&fact);
    (!is_known).then(|| format!("reads `provided.{slot}.{fact}`, which is not a fact of that slot"))
}

/// The places of a YAML template where a comma or bracket in an answer would change what the file says.
fn flow_faults(file: &TemplateFile) -> Vec<Fault> {
    let is_yaml = file.path.ends_with(".yaml") || file.path.ends_with(".yml");
    let source = std::str::from_utf8(&file.source).unwrap_or_default();
    let lines = if is_yaml { flow::unquoted(source) } else { Vec::new() };
    let fault = |line| {
        let message = "prints inside `[...]` or `{...}`: use the filter `yaml` or `json`, or put quotes around it";
        Fault::new(&file.origin, format!("line {line}: {message}"))
    };
    lines.into_iter().map(fault).collect()
}

/// The names that a path's `__key__` segments bring along.
pub(crate) fn repeated<'c>(catalog: &'c Catalog, path: &str) -> impl Iterator<Item = &'c str> {
    let repeats = catalog.project.repeats.iter();
    repeats.filter(move |(key, _)| path.contains(&format!("__{key}__"))).map(|(_, repeat)| repeat.variable.as_str())
}

/// Whether the engine or we bring this name along everywhere.
pub(crate) fn is_builtin(name: &str) -> bool {
    FUNCTIONS.contains(&name) || BUILTINS.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The faults of a template in a catalog with nothing else, and whether there are evidently none.
    fn look(source: &str) -> (Vec<Fault>, bool) {
        let component = Component { name: "one".into(), manifest: Default::default(), macros: None, files: Vec::new() };
        let catalog = Catalog { components: vec![component], ..Catalog::default() };
        let component = &catalog.components[0];
        let file = TemplateFile {
            path: "a".into(),
            origin: "a.j2".into(),
            template: true,
            source: source.as_bytes().to_vec().into(),
        };
        let env = engine::environment(&catalog).unwrap();
        let template = env.template_from_named_str("a", source).unwrap();
        let templates = Templates::new(&catalog);
        (templates.faults(component, &file, &template), templates.evidently_sound(component, &file, &template))
    }

    #[test]
    fn a_name_is_known_only_where_its_loop_is() {
        for source in [
            "text",
            "<%= pins.node | upper %>",
            "<% for one in components if one.name %><%= one.name ~ loop.index %><% else %><%= pins %><% endfor %>",
            "<% for key, (a, b) in pins | items %><% for c in a %><%= key ~ a ~ b ~ c ~ range(3) %><% endfor %><% endfor %>",
        ] {
            assert_eq!(look(source), (vec![], true), "{source}");
        }
        for source in [
            "<%= x %>",
            "<%= x.y %>",
            "<%= x() %>",
            "<%= pins[x] %>",
            "<%= x is defined %>",
            "<%= pins | default(x) %>",
            "<%= pins if x %>",
            "<% if false %><%= x %><% endif %>",
            "<% for x in x %><% endfor %>",
            "<% for x in components %><% endfor %><%= x %>",
            "<% for x in components %><% else %><%= x %><% endfor %>",
            "<% for y in components if x %><% endfor %>",
            "<% for y in pins %><% for x in y %><% endfor %><%= x %><% endfor %>",
            "<% for y in pins %><% set x = 1 %><% endfor %><%= x %>",
            "<% if pins %><% set x = 1 %><% endif %><%= x %>",
            "<% set y = x %>",
            "<% with y = x %><% endwith %>",
            "<% macro m() %><%= x %><% endmacro %>",
            "<% call pins() %><%= x %><% endcall %>",
            "<% block b %><%= x %><% endblock %>",
            "<% filter upper %><%= x %><% endfilter %>",
            "<% do x() %>",
            "<%= contributed.nothing %>",
        ] {
            let (faults, sound) = look(source);
            assert_eq!((faults.len(), sound), (1, false), "{source}: {faults:?}");
        }
        assert_eq!(look("<% set x = 1 %><%= x %>"), (vec![], false));
    }
}

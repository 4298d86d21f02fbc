//! What makes a question sound, and the groups that questions are in.

use std::collections::{BTreeMap, BTreeSet};

use super::{Lint, Names, QUESTIONS, SLOTS, manifest_file};
use crate::answers::file;
use crate::catalog::question::{KindName, Question};

impl Lint<'_> {
    pub(super) fn questions(&mut self) {
        let catalog = self.catalog;
        let mut seen: BTreeMap<&str, String> = BTreeMap::new();
        self.groups();
        for (component, question) in catalog.questions() {
            let file = component.map_or(QUESTIONS.to_string(), manifest_file);
            match &question.group {
                Some(group) if catalog.group(question).is_none() => {
                    self.fault(
                        &file,
                        format!("question `{}` is in the group `{group}`, which is not in `groups`", question.name),
                    );
                }
                None if !catalog.project.groups.is_empty() => {
                    self.fault(&file, format!("question `{}` is in no group", question.name));
                }
                _ => {}
            }
            if [file::KEPT, file::CHOSEN].contains(&question.name.as_str()) {
                let name = &question.name;
                self.fault(&file, format!("question `{name}` has the name of a section of recorded answers"));
            }
            if question.needs.is_some() {
                self.fault(&file, format!("question `{}`: `needs` goes with a field of a record", question.name));
            }
            if let Some(other) = seen.insert(&question.name, file.clone()) {
                self.fault(&file, format!("question `{}` is also in {}", question.name, catalog.shown(&other)));
            }
        }
        let mut known = Names::new();
        for question in &catalog.project.questions {
            self.question(QUESTIONS, question, &known);
            known.insert(question.name.clone());
            if catalog.slots_chosen_by(&question.name).next().is_some() {
                known.insert("provided".into());
            }
        }
        self.derived(QUESTIONS, &catalog.project.derived, known.clone());
        known.extend(catalog.project.derived.keys().cloned());
        for rule in &catalog.project.rules {
            self.rule(QUESTIONS, rule, &known);
        }
        self.changing(QUESTIONS, &catalog.project.questions, &known);
        for (key, repeat) in &catalog.project.repeats {
            if !known.contains(&repeat.each) {
                self.fault(QUESTIONS, format!("`repeats`, `{key}`: there is no `{}`", repeat.each));
            }
        }
    }

    /// Each group says what it is about, and has questions.
    pub(super) fn groups(&mut self) {
        let catalog = self.catalog;
        let mut seen = BTreeSet::new();
        for group in &catalog.project.groups {
            let name = format!("group `{}`", group.name);
            if !seen.insert(&group.name) {
                self.fault(QUESTIONS, format!("{name} is there twice"));
            }
            if group.title.is_empty() || group.why.is_empty() {
                self.fault(QUESTIONS, format!("{name} needs a `title` and a `why`"));
            }
            if !catalog.questions().any(|(_, q)| q.group.as_ref() == Some(&group.name)) {
                self.fault(QUESTIONS, format!("{name} has no question"));
            }
        }
    }

    /// A question, or a field of a record, with the names that its expressions can use.
    pub(super) fn question(&mut self, file: &str, q: &Question, known: &Names) {
        let name = format!("question `{}`", q.name);
        let snake = q.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !snake || !q.name.starts_with(|c: char| c.is_ascii_lowercase()) {
            self.fault(file, format!("{name} is not in snake case"));
        }
        if !q.ask.ends_with('?') {
            self.fault(file, format!("{name} does not ask: `ask` ends with a question mark"));
        }
        if q.help.is_empty() {
            self.fault(file, format!("{name} has no `help` that says why it matters"));
        }
        if q.default.is_some() && q.default_expr.is_some() {
            self.fault(file, format!("{name} has both `default` and `default_expr`"));
        }
        if q.identity && (q.default.is_some() || q.default_expr.is_some()) {
            self.fault(file, format!("{name} names the project and cannot have a default"));
        }
        let always = q.identity || q.default.is_some() || q.default_expr.is_some();
        if q.identity_when.is_some() && (always || q.group.is_some()) {
            self.fault(
                file,
                format!("{name}: `identity_when` goes with a field without `identity` and without a default"),
            );
        }
        if !q.asked && q.default.is_none() && q.default_expr.is_none() {
            self.fault(file, format!("{name} is not asked on the way and needs a default"));
        }
        if q.apart && q.kind != KindName::Path {
            self.fault(file, format!("{name}: `apart` goes with the kind `path`"));
        }
        if q.whole && q.kind != KindName::Path {
            self.fault(file, format!("{name}: `whole` goes with the kind `path`"));
        }
        if q.needs.is_some() && q.when.is_none() {
            self.fault(file, format!("{name}: `needs` says what `when` asks for, and there is no `when`"));
        }
        if q.require.is_some() != q.require_message.is_some() {
            self.fault(file, format!("{name} needs `require` and `require_message` together"));
        }
        let choice = matches!(q.kind, KindName::Choice | KindName::MultiChoice);
        if choice == q.choices.is_empty() {
            self.fault(
                file,
                format!("{name}: `choices` go with the kinds `choice` and `multi_choice`, and those need them"),
            );
        }
        if (q.kind == KindName::Records) == q.fields.is_empty() {
            self.fault(file, format!("{name}: `fields` go with the kind `records`, and that needs them"));
        }
        let lengths = matches!(q.kind, KindName::Text | KindName::DnsLabel | KindName::HostName);
        if q.max_length.is_some() && !lengths {
            self.fault(file, format!("{name}: `max_length` has no meaning for its kind"));
        }
        let counts = matches!(q.kind, KindName::Integer | KindName::Records | KindName::Cidr);
        let least = counts || q.kind == KindName::Port;
        if q.min.is_some() && !least || q.max.is_some() && !counts {
            self.fault(file, format!("{name}: `min` and `max` have no meaning for its kind"));
        }
        let limited = q.pattern.is_some() || !q.one_of.is_empty();
        if limited != q.pattern_hint.as_ref().is_some_and(|hint| hint.starts_with("is not ")) {
            self.fault(
                file,
                format!("{name}: a `pattern` or `one_of` needs a `pattern_hint` that begins with `is not`"),
            );
        }
        if !q.one_of.is_empty() && q.kind != KindName::Text {
            self.fault(file, format!("{name}: `one_of` goes with the kind `text`"));
        }
        self.later(file, q);
        let mut words = BTreeSet::new();
        for word in &q.one_of {
            if !words.insert(word) {
                self.fault(file, format!("{name}: `one_of` names `{word}` twice"));
            }
        }
        if let Some(pattern) = &q.pattern {
            if !matches!(q.kind, KindName::Text | KindName::Texts) {
                self.fault(file, format!("{name}: `pattern` goes with the kinds `text` and `texts`"));
            }
            if let Err(e) = regex_lite::Regex::new(pattern) {
                self.fault(file, format!("{name}: `pattern` is not a regular expression: {e}"));
            }
        }
        if let Some(default) = &q.default
            && let Err(why) = q.kind().check(default)
        {
            self.fault(file, format!("{name}: its default is {default}, {why}"));
        }
        let mut own = known.clone();
        for expression in [&q.when, &q.default_expr, &q.identity_when].into_iter().flatten() {
            self.expression(file, &name, expression, &own);
        }
        if let Some(by) = &q.detected_by
            && by.finding.is_of_some() == by.of.is_empty()
        {
            self.fault(
                file,
                format!(
                    "{name}: `of` of `detected_by` goes with `repository`, `database`, `store`, `store_engine`, `only_copy`, `migrate` and what is found of \
                     variables, and those need it"
                ),
            );
        }
        let mut values = BTreeSet::new();
        for choice in &q.choices {
            if !values.insert(&choice.value) {
                self.fault(file, format!("{name}: choice `{}` is there twice", choice.value));
            }
            if choice.when.is_some() != choice.needs.is_some() {
                self.fault(file, format!("{name}: choice `{}` needs `when` and `needs` together", choice.value));
            }
            if let Some(when) = &choice.when {
                self.expression(file, &name, when, &own);
            }
        }
        own.insert(q.name.clone());
        for expression in q.require.iter().chain(&q.faults) {
            self.expression(file, &name, expression, &own);
        }
        for set_by in &q.set_by {
            let name = format!("slot `{}`: `variables`", set_by.slot);
            for expression in [&set_by.names].into_iter().chain(&set_by.may_differ) {
                self.expression(SLOTS, &name, expression, &own);
            }
        }
        let mut fields = known.clone();
        for (i, field) in q.fields.iter().enumerate() {
            if q.fields.iter().take(i).any(|earlier| earlier.name == field.name) {
                self.fault(file, format!("{name}: field `{}` is there twice", field.name));
            }
            if field.group.is_some() {
                self.fault(file, format!("{name}: field `{}` is in a group; the list itself is", field.name));
            }
            if field.kind == KindName::Records {
                self.fault(file, format!("{name}: field `{}` is a list of records within records", field.name));
            }
            self.question(file, field, &fields);
            fields.insert(field.name.clone());
            for slot in &q.slots {
                if slot.fields.iter().all(|field| fields.contains(field)) {
                    fields.extend(["provided".into(), format!("provided.{}", slot.name)]);
                }
            }
        }
        if !q.derived.is_empty() {
            // only a list that fills slots gets facts
            if q.slots.is_empty() {
                self.fault(file, format!("{name}: `derived` goes with records that fill a slot"));
            }
            self.derived(file, &q.derived, fields.clone());
        }
        if let Some(shares) = &q.shares {
            for field in shares.fields.iter().chain([&shares.by]).filter(|field| q.field(field).is_none()) {
                self.fault(file, format!("{name}: `shares` names the field `{field}`, which does not exist"));
            }
            if q.unique.is_empty() {
                self.fault(file, format!("{name}: `shares` needs a field in `unique` by which a record is named"));
            }
        }
        for field in q.table.iter().flat_map(|column| column.fields.iter().chain(column.words.keys())) {
            if q.field(field).is_none() {
                self.fault(file, format!("{name}: `table` names the field `{field}`, which does not exist"));
            }
        }
        for field in &q.unique {
            if q.field(field).is_none() {
                self.fault(file, format!("{name}: `unique` names the field `{field}`, which does not exist"));
            }
        }
    }
}

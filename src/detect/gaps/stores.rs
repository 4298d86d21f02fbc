//! Stores of the answers that code talks to, and that no service uses.

use serde_json::{Value, json};

use super::super::answers::MadeStore;
use super::super::variables::{RULES, Sort};
use super::{Draft, GapKind, Subject};
use crate::catalog::question::FindingName;

/// The command has it use the store, by the variable from which it reads the address now.
pub(super) fn unused(subject: &Subject<'_>, store: &MadeStore) -> Option<Draft> {
    let name = store.name;
    let uses = |record: &&Value| record.get(name) == Some(&Value::Bool(true));
    if subject.records.iter().any(uses) || subject.record.get(name).is_none() {
        return None;
    }
    let service = subject.service()?;
    let talks = |system: Option<&str>| system.is_some_and(|system| store.is_of(system));
    let client = service.clients.iter().find(|client| talks(client.value.system))?;
    let mut sets = vec![(name.to_owned(), true.to_string())];
    let address = service.variables.iter().find(|one| one.value.sort == Sort::Address && talks(one.value.system));
    if let (Some(address), Some(variables)) = (address, subject.field(FindingName::Variables)) {
        let address = address.value.name.as_str();
        for finding in [FindingName::Secrets, FindingName::OptionalSecrets] {
            sets.extend(without(subject, finding, &json!(address)));
        }
        sets.push((format!("{}.{address}", variables.name), format!("${{{name}.url}}")));
    }
    let usual = RULES.egress.usual.get(client.value.system?).and_then(|ports| ports.first());
    sets.extend(usual.and_then(|port| without(subject, FindingName::EgressPorts, &json!(port))));
    let library = &client.value.library;
    Some(
        Draft::new(
            GapKind::Store,
            client.found_in.clone(),
            format!("connects by `{library}`, and no service uses the {name} of the answers"),
            format!("Have it use the {name}, or answer `none`."),
        )
        .with([subject.set_fields(sets)]),
    )
}

/// A list of the service without one item, where it has that.
fn without(subject: &Subject<'_>, finding: FindingName, item: &Value) -> Option<(String, String)> {
    let field = subject.field(finding)?;
    let mut list = subject.value(finding)?.as_array()?.clone();
    let before = list.len();
    list.retain(|one| one != item);
    let items: Vec<String> =
        list.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect();
    (list.len() < before).then(|| (field.name.clone(), format!("[{}]", items.join(", "))))
}

//! The path of the host at which a service is reached.

use serde_json::{Value, json};

use super::super::finding::{Finding, Location};
use super::super::service::{Service, ServiceKind};
use super::hyphenated;

/// The route of a service with this name, where it is another one than the default; `before` are the records that have
/// theirs. `place` is the evidence of the service.
pub(super) fn of(
    service: &Service,
    name: &str,
    all: &[Service],
    before: &[Value],
    place: &Location,
) -> Option<Finding<Value>> {
    if home(all).is_some_and(|home| home.path == service.path) {
        return Some(Finding::new(json!("/"), place.clone()));
    }
    if let [prefix] = service.prefixes.as_slice() {
        let is_taken = before.iter().any(|other| other["route"] == *prefix.value);
        // the default of another one
        let is_name = |other: &Service| {
            let name = other.name.as_ref().filter(|_| other.path != service.path);
            name.is_some_and(|name| format!("/{}", hyphenated(&name.value)) == prefix.value)
        };
        if !is_taken && !all.iter().any(is_name) {
            return Some(Finding::new(json!(prefix.value), prefix.found_in.clone()));
        }
    }
    let is_web = service.kind.as_ref().is_some_and(|kind| kind.value == ServiceKind::Web);
    is_web.then(|| Finding::new(json!(format!("/{name}")), place.clone()))
}

/// The service that takes every request that no other one takes: the only one beside workers, else the website, of several
/// the one that is called like one.
fn home(services: &[Service]) -> Option<&Service> {
    const NAMES: [&str; 10] =
        ["frontend", "web", "client", "ui", "site", "website", "www", "app", "storefront", "gateway"];
    let is = |service: &&Service, kind| service.kind.as_ref().is_some_and(|found| found.value == kind);
    let mut reachable = services.iter().filter(|service| !is(service, ServiceKind::Worker));
    let only = reachable.next().filter(|_| reachable.next().is_none());
    if services.len() == 1 || only.is_some() {
        return only.or(services.first());
    }
    let by_name = |kind| {
        let called = |name: &&'static str| {
            let mut known = services.iter().filter(|service| is(service, kind));
            known.find(|service| service.name.as_ref().is_some_and(|found| hyphenated(&found.value) == *name))
        };
        NAMES.iter().find_map(called)
    };
    let web = || services.iter().find(|service| is(service, ServiceKind::Web));
    by_name(ServiceKind::Web).or_else(web).or_else(|| by_name(ServiceKind::Api))
}

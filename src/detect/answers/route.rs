//! The path of the host at which a service is reached.

use serde_json::{Value, json};

use super::super::finding::{Finding, Location};
use super::super::service::{Service, ServiceKind};
use super::hyphenated;

/// Prefixes beside the first one that the answers take.
const MOST: usize = 15;

/// The route of a service with this name, where it is another one than the default; `before` are the records that have
/// theirs. `place` is the evidence of the service.
pub(super) fn of(
    service: &Service,
    name: &str,
    all: &[Service],
    before: &[Value],
    place: &Location,
) -> Option<Finding<Value>> {
    // what shares the image of another one is called like no path of it
    if service.shares.is_some() {
        return None;
    }
    if home(all).is_some_and(|home| home.path == service.path) {
        return Some(Finding::new(json!("/"), place.clone()));
    }
    let found = service.forward.as_ref().map(|forward| (&forward.value.prefix, &forward.found_in));
    let found = found.or_else(|| service.prefixes.first().map(|prefix| (&prefix.value, &prefix.found_in)));
    if let Some((prefix, place)) = found.filter(|(prefix, _)| is_free(prefix, service, all, before)) {
        return Some(Finding::new(json!(prefix), place.clone()));
    }
    let is_web = service.kind.as_ref().is_some_and(|kind| kind.value == ServiceKind::Web);
    is_web.then(|| Finding::new(json!(format!("/{name}")), place.clone()))
}

/// The path at which a service is reached, as far as its findings tell.
pub(super) fn guess(service: &Service, all: &[Service]) -> String {
    if home(all).is_some_and(|home| home.path == service.path) {
        return "/".to_owned();
    }
    let found = service.forward.as_ref().map(|forward| &forward.value.prefix);
    let found = found.or_else(|| service.prefixes.first().map(|prefix| &prefix.value));
    let name = service.name.as_ref().map(|name| hyphenated(&name.value)).unwrap_or_default();
    found.cloned().unwrap_or_else(|| format!("/{name}"))
}

/// The other prefixes of a service that is routed to by the first one.
pub(super) fn more(service: &Service, route: &Value, all: &[Service], before: &[Value]) -> Option<Finding<Value>> {
    let (first, others) = service.prefixes.split_first()?;
    let is_first = *route == *first.value && service.shares.is_none();
    let free = others.iter().filter(|prefix| is_free(&prefix.value, service, all, before));
    let names: Vec<&str> = free.filter(|_| is_first).map(|prefix| prefix.value.as_str()).take(MOST).collect();
    (!names.is_empty()).then(|| Finding::new(json!(names), first.found_in.clone()))
}

/// Whether a proxy takes the path of the route away.
pub(super) fn stripped(service: &Service, route: &Value) -> Option<Finding<Value>> {
    let forward = service.forward.as_ref().filter(|forward| forward.value.stripped && service.shares.is_none())?;
    (*route == *forward.value.prefix).then(|| Finding::new(json!(true), forward.found_in.clone()))
}

/// Whether no service before has this path, and it is the default of no other one.
fn is_free(prefix: &str, service: &Service, all: &[Service], before: &[Value]) -> bool {
    let has = |other: &Value| {
        other["route"] == *prefix
            || other["more_routes"].as_array().is_some_and(|routes| routes.iter().any(|route| *route == *prefix))
    };
    let is_name = |other: &Service| {
        let name = other.name.as_ref().filter(|_| other.path != service.path);
        name.is_some_and(|name| format!("/{}", hyphenated(&name.value)) == prefix)
    };
    !before.iter().any(has) && !all.iter().any(is_name)
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
    // what has a prefix serves nothing at `/`
    let web = |has_prefix: bool| {
        services.iter().find(|service| is(service, ServiceKind::Web) && service.prefixes.is_empty() != has_prefix)
    };
    by_name(ServiceKind::Web).or_else(|| web(false)).or_else(|| web(true)).or_else(|| by_name(ServiceKind::Api))
}

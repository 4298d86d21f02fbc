//! Routes that probes ask and no file of the code names.

use super::super::finding::Location;
use super::super::service::Route;
use super::super::tokens::Token;
use super::advice::ADVICE;
use super::code::Code;
use super::{Draft, GapKind, Subject};
use crate::catalog::question::FindingName;
use crate::text::path;

pub(super) fn gaps(subject: &Subject<'_>, code: &Code<'_>) -> Vec<Draft> {
    // what serves files has a generated route, and an image from elsewhere its own code
    let fields = [FindingName::LivenessPath, FindingName::ReadinessPath];
    let [Some(liveness), Some(readiness)] = fields.map(|field| subject.answer(field)) else { return Vec::new() };
    if subject.answer(FindingName::Image) == Some("existing") {
        return Vec::new();
    }
    let mut asked = vec![(FindingName::LivenessPath, liveness)];
    if readiness != liveness {
        asked.push((FindingName::ReadinessPath, readiness));
    }
    // some frameworks take a route from the name of a file
    let is_found = |route: &str| {
        let mut routes = subject.service().into_iter().flat_map(|service| service.routes.values());
        routes.any(|found| found.value == route)
    };
    let lacking = |route: &str| !is_found(route) && telling(route).is_some_and(|part| !code.has(part));
    let (missing, there): (Vec<_>, Vec<_>) = asked.into_iter().partition(|(_, route)| lacking(route));
    missing
        .iter()
        .map(|(field, route)| gap(subject, code, *field, route, there.first().map(|(_, route)| *route)))
        .collect()
}

fn gap(subject: &Subject<'_>, code_of: &Code<'_>, field: FindingName, route: &str, there: Option<&str>) -> Draft {
    let what = if field == FindingName::LivenessPath { "whether it works" } else { "whether it can take requests" };
    let found =
        subject.service().and_then(|service| service.routes.get(&Route::Liveness)).map(|found| found.value.as_str());
    let (other, command) = match there.or(found.filter(|found| *found != route)) {
        Some(other) => ("have the cluster ask another one", subject.set(field, other)),
        None => ("let the cluster only connect to its port", subject.set(FindingName::Probe, "tcp")),
    };
    let frameworks = subject.service().into_iter().flat_map(|service| &service.frameworks);
    let advice = frameworks.filter_map(|framework| ADVICE.routes.get(framework.value)).next();
    let place = advice.and_then(|advice| advice.place.as_deref()).unwrap_or("beside the other routes");
    let needs = if field == FindingName::LivenessPath { " without asking the database" } else { "" };
    let mut draft = Draft::new(
        GapKind::Route,
        place_of_routes(subject, code_of),
        format!("has no route `{route}`, by which the cluster asks {what}"),
        format!("Add one that answers 200{needs}, {}, or {other}.", filled(place, route)),
    )
    .with([command]);
    draft.code = advice.map(|advice| {
        let code = filled(&advice.code, route);
        match advice.receiver.as_deref().zip(receiver(code_of, &advice.made_by)) {
            Some((usual, own)) => code.replacen(&format!("{usual}."), &format!("{own}."), 1),
            None => code,
        }
    });
    draft
}

/// What the code calls the program: `app` of `const app = express()`, `mux` of `mux := http.NewServeMux()`.
fn receiver(code: &Code<'_>, made_by: &[String]) -> Option<String> {
    let of_call = |tokens: &[Token<'_>], i: usize| {
        let is_made = tokens.get(i)?.word().is_some_and(|word| made_by.iter().any(|one| one == word))
            && tokens.get(i + 1)?.is_sign('(');
        let before = tokens.get(i.saturating_sub(6)..i).filter(|_| is_made)?;
        let left = before.get(..before.iter().rposition(|one| one.is_sign('='))?)?;
        // `app: Express = express()`, `mux := http.NewServeMux()`
        let left = left.iter().position(|one| one.is_sign(':')).map_or(left, |colon| &left[..colon]);
        Some(left.iter().rev().find_map(Token::word)?.to_owned())
    };
    code.tokens().find_map(|(_, tokens)| (0..tokens.len()).find_map(|i| of_call(&tokens, i)))
}

/// A route with its names: `ROUTE` is `/health/ready`, `PLAIN` is `health/ready`, and `NAME` is `ready`.
fn filled(text: &str, route: &str) -> String {
    let plain = route.trim_matches('/');
    let name: String = path::name(plain).chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    text.replace("ROUTE", route).replace("PLAIN", plain).replace("NAME", &name)
}

/// Where the program begins, as far as it is known.
fn place_of_routes(subject: &Subject<'_>, code: &Code<'_>) -> Location {
    let service = subject.service();
    let listens = service.and_then(|service| service.port.as_ref()).map(|port| &port.found_in);
    let listens = listens.filter(|place| code.is_program(&place.file)).cloned();
    let entry = || {
        let entry = service?.entry.as_deref().filter(|entry| code.is_program(entry))?;
        Some(Location::new(entry, None))
    };
    let framework = || Some(service?.frameworks.first()?.found_in.clone());
    listens.or_else(entry).or_else(framework).unwrap_or_else(|| subject.place())
}

/// The part of a path by which it can be found; none of a path that says nothing. Spring makes all below `/actuator`.
fn telling(route: &str) -> Option<&str> {
    let mut parts = route.split('/').filter(|part| !part.is_empty());
    parts.clone().find(|part| *part == "actuator").or_else(|| parts.next_back())
}

#[cfg(test)]
mod tests {
    use super::filled;

    #[test]
    fn names_of_a_route() {
        let text = filled("path(\"PLAIN\") ROUTE NAME", "/health/is-ready");
        assert_eq!(text, "path(\"health/is-ready\") /health/is-ready is_ready");
    }
}

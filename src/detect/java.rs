//! pom.xml, build.gradle and build.gradle.kts.

use roxmltree::{Document, Node};

use super::finding::{Finding, Location};
use super::libraries;
use super::service::{Command, Language, Route, Service, ServiceKind, Services};
use super::tokens::{Comments, Token, tokens};
use super::walk::Files;
use crate::text::path;

/// Attributes of an element and namespaces of a document: the parser compares each with all others.
const MAX_ATTRIBUTES: usize = 50;
/// Deeper documents are refused before they are parsed: the parser calls itself for each level.
const DEEPEST: usize = 200;

/// Reads every project of Maven and Gradle.
pub fn detect(files: &Files, services: &mut Services) {
    for file in files.named("pom.xml") {
        let Some(text) = files.text(file) else { continue };
        if is_deep(&text) {
            files.note(file, "is nested too deep");
            continue;
        }
        if has_many_attributes(&text) {
            files.note(file, format!("has more than {MAX_ATTRIBUTES} attributes in an element, or namespaces"));
            continue;
        }
        match Document::parse(&text) {
            Ok(document) => maven(services, file, &text, &document),
            Err(error) => files.note(file, format!("is not XML (line {})", error.pos().row)),
        }
    }
    for file in files.named("build.gradle").chain(files.named("build.gradle.kts")) {
        let Some(text) = files.text(file) else { continue };
        gradle(files, services, file, &text);
    }
    for service in services.0.values_mut() {
        if service.language.as_ref().is_some_and(|language| language.value == Language::Java) {
            start(files, service);
        }
    }
}

/// `server.port=8085`, `quarkus.http.port=8085`, or `port:` below `server:` in YAML; `${PORT:8085}` is 8085 as well.
fn server_port(text: &str) -> Option<(u16, usize)> {
    let mut below = "";
    text.lines().enumerate().find_map(|(i, line)| {
        let (key, value) = line.split_once(['=', ':'])?;
        if !line.starts_with(char::is_whitespace) {
            below = key.trim();
        }
        let is_port = matches!(key.trim(), "server.port" | "quarkus.http.port" | "micronaut.server.port")
            || key.trim() == "port" && below == "server" && line.starts_with(char::is_whitespace);
        let value = value.trim().trim_end_matches('}').rsplit(':').next()?;
        is_port.then(|| value.parse().ok()).flatten().filter(|port| *port > 0).map(|port| (port, i + 1))
    })
}

/// `server.servlet.context-path=/shop`, without a slash at its end.
fn context_path(text: &str) -> Option<(String, usize)> {
    text.lines().enumerate().find_map(|(i, line)| {
        let (key, value) = line.split_once(['=', ':'])?;
        let path = value.trim().trim_matches(['"', '\'']).trim_matches('/');
        let is_path = matches!(key.trim(), "server.servlet.context-path" | "context-path" | "spring.webflux.base-path");
        (is_path && !path.is_empty() && !path.contains('$')).then(|| (format!("/{path}"), i + 1))
    })
}

/// The files of Spring with these settings, and their texts.
fn settings_of(files: &Files, folder: &str, stem: &str) -> Vec<(String, String)> {
    let names = ["properties", "yml", "yaml"].iter().map(|end| path::join(folder, &format!("{stem}.{end}")));
    names.filter_map(|file| files.text_if_any(&file).map(|text| (file, text))).collect()
}

/// `spring.profiles.active=dev`, or `active: dev` below `profiles:`. One that a variable names is not known.
fn active_profile(text: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let (key, value) = line.split_once(['=', ':'])?;
        let value = value.trim().trim_matches(['"', '\'']);
        let is_name = !value.is_empty() && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        (matches!(key.trim(), "spring.profiles.active" | "active") && is_name).then(|| value.to_owned())
    })
}

/// The archive that a build makes, where there is a source in which a program begins.
fn start(files: &Files, service: &mut Service) {
    let prefix = path::join(&service.path, "src/main/");
    let is_entry = |file: &&str| {
        let stem = path::name(file).rsplit_once('.').map_or("", |(stem, _)| stem).trim_end_matches("Kt");
        file.starts_with(&prefix) && (stem.ends_with("Application") || matches!(stem, "App" | "Main" | "Server"))
    };
    service.entry = files.paths().find(is_entry).map(str::to_owned);
    let resources = path::join(&service.path, "src/main/resources");
    let mut settings = settings_of(files, &resources, "application");
    // the profile that is active unless a variable says otherwise
    let profile = settings.iter().find_map(|(_, text)| active_profile(text));
    if let Some(profile) = profile {
        settings.extend(settings_of(files, &resources, &format!("application-{profile}")));
    }
    for (file, text) in settings {
        // every route of Spring lies below it, those of its probes as well
        if let Some((prefix, line)) = context_path(&text) {
            for (route, path) in &mut service.routes {
                if *route != Route::Metrics {
                    path.value = format!("{prefix}{}", path.value);
                }
            }
            if let Some(kind) = service.kind.as_mut().filter(|_| prefix.starts_with("/api")) {
                kind.value = ServiceKind::Api;
            }
            service.prefixes = vec![Finding::new(prefix, Location::new(&file, Some(line)))];
        }
        if let Some((port, line)) = server_port(&text) {
            service.port.get_or_insert_with(|| Finding::new(port, Location::new(&file, Some(line))));
        }
    }
    let Some(manifest) = service.manifest.clone() else { return };
    if service.entry.is_none() && service.frameworks.is_empty() {
        return;
    }
    let is_maven = manifest.file.ends_with("pom.xml");
    let quarkus = service.frameworks.iter().any(|framework| framework.value == "Quarkus");
    let (build, jar) = match (is_maven, quarkus) {
        (true, true) => ("package -DskipTests", "target/quarkus-app/quarkus-run.jar"),
        (false, true) => ("build -x test", "build/quarkus-app/quarkus-run.jar"),
        (true, false) => ("package -DskipTests", "target/*.jar"),
        (false, false) => ("build -x test", "build/libs/*.jar"),
    };
    let (wrapper, installed) = if is_maven { ("mvnw", "mvn") } else { ("gradlew", "gradle") };
    let tool = path::upwards(&service.path).find(|folder| files.is_file(&path::join(folder, wrapper)));
    let tool = match tool {
        Some(folder) if folder == service.path => format!("./{wrapper}"),
        Some(_) | None => installed.to_owned(),
    };
    service.command(Command::Build, format!("{tool} {build}"), Location::new(&manifest.file, None));
    service.command(Command::Start, format!("java -jar {jar}"), Location::new(&manifest.file, None));
}

/// Whether more elements are open at one place than any project has.
fn is_deep(text: &str) -> bool {
    let mut open = 0usize;
    text.split('<').skip(1).any(|rest| {
        match rest.chars().next() {
            Some('/') => open = open.saturating_sub(1),
            Some('!' | '?') | None => {}
            Some(_) if rest.split('>').next().is_some_and(|tag| tag.ends_with('/')) => {}
            Some(_) => open += 1,
        }
        open > DEEPEST
    })
}

/// Whether an element has more attributes, or the document more namespaces, than any project has.
fn has_many_attributes(text: &str) -> bool {
    let attributes = |tag: &str| {
        let mut quote = None;
        let outside = tag.chars().filter(|&c| match quote {
            Some(open) => {
                quote = quote.filter(|_| c != open);
                false
            }
            None => {
                quote = Some(c).filter(|c| matches!(c, '"' | '\''));
                true
            }
        });
        outside.take_while(|c| *c != '>').filter(|c| *c == '=').count()
    };
    text.matches("xmlns").count() > MAX_ATTRIBUTES
        || text.split('<').skip(1).any(|rest| attributes(rest) > MAX_ATTRIBUTES)
}

fn maven(services: &mut Services, file: &str, text: &str, document: &Document<'_>) {
    let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let place = |node: Node<'_, '_>| {
        let start = node.range().start;
        Location::new(file, Some(ends.partition_point(|end| *end < start) + 1))
    };
    let project = document.root_element();
    let name = child(project, "artifactId");
    let at = name.map_or_else(|| Location::new(file, None), place);
    let service = services.of_manifest(&at, Language::Java, name.and_then(|node| node.text()));
    let properties = child(project, "properties");
    let version = ["java.version", "maven.compiler.release", "maven.compiler.source"]
        .iter()
        .find_map(|key| child(properties?, key));
    if let Some(node) = version
        && let Some(version) = node.text()
    {
        service.version = Some(Finding::new(version.trim().to_owned(), place(node)));
    }
    let required = child(project, "dependencies").into_iter().flat_map(|list| list.children());
    for node in required.filter_map(|dependency| child(dependency, "artifactId")) {
        add(service, node.text().unwrap_or_default().trim(), &place(node));
    }
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.is_element() && child.tag_name().name() == name)
}

/// Gradle's files are programs. Their texts between quotes are read for `group:artifact:version`, and the number after
/// `JavaLanguageVersion.of`.
fn gradle(files: &Files, services: &mut Services, file: &str, text: &str) {
    let tokens = tokens(text, Comments::Slashes);
    // a project of several modules builds nothing itself
    if !tokens.iter().any(|token| token.is_word("dependencies") || token.is_word("plugins")) {
        return;
    }
    let service = services.of_manifest(&Location::new(file, None), Language::Java, None);
    catalog(files, service, file, &tokens);
    for token in &tokens {
        let mut parts = token.text().unwrap_or_default().split(':');
        if let (Some(_), Some(artifact)) = (parts.next(), parts.next()) {
            add(service, artifact, &Location::new(file, Some(token.line)));
        }
    }
    service.version = tokens.windows(3).find_map(|window| match window {
        [of, open, number] if open.is_sign('(') && (of.is_word("of") || of.is_word("jvmToolchain")) => {
            Some(Finding::new(number.number()?.to_string(), Location::new(file, Some(number.line))))
        }
        _ => None,
    });
}

/// Libraries by their name in the catalog of versions: `implementation(libs.spring.boot.starter.web)`.
fn catalog(files: &Files, service: &mut Service, file: &str, tokens: &[Token<'_>]) {
    let folders = path::upwards(path::parent(file));
    let Some(list) = folders.map(|folder| path::join(folder, "gradle/libs.versions.toml")).find(|list| files.has(list))
    else {
        return;
    };
    let Some(table) = files.text(&list).and_then(|text| text.parse::<toml::Table>().ok()) else { return };
    for (alias, library) in table.get("libraries").and_then(toml::Value::as_table).into_iter().flatten() {
        let module = library.get("module").and_then(toml::Value::as_str).or_else(|| library.as_str());
        let artifact = module.and_then(|module| module.split(':').nth(1));
        let Some(artifact) = artifact.or_else(|| library.get("name").and_then(toml::Value::as_str)) else { continue };
        let parts: Vec<&str> = alias.split(['-', '_', '.']).collect();
        let used = tokens.iter().enumerate().find(|(at, token)| {
            token.is_word("libs")
                && parts.iter().enumerate().all(|(i, part)| {
                    tokens.get(at + 2 * i + 1).is_some_and(|dot| dot.is_sign('.'))
                        && tokens.get(at + 2 * i + 2).is_some_and(|word| word.is_word(part))
                })
        });
        if let Some((_, token)) = used {
            add(service, artifact, &Location::new(file, Some(token.line)));
        }
    }
}

fn add(service: &mut Service, artifact: &str, place: &Location) {
    let route = |path: &str| Finding::new(path.to_owned(), place.clone());
    match artifact {
        // the paths that Spring Boot documents
        "spring-boot-starter-actuator" => {
            service.routes.insert(Route::Liveness, route("/actuator/health/liveness"));
            service.routes.insert(Route::Readiness, route("/actuator/health/readiness"));
        }
        "quarkus-smallrye-health" => {
            service.routes.insert(Route::Liveness, route("/q/health/live"));
            service.routes.insert(Route::Readiness, route("/q/health/ready"));
        }
        "micrometer-registry-prometheus" => {
            service.routes.insert(Route::Metrics, route("/actuator/prometheus"));
        }
        _ => libraries::add(service, Language::Java, artifact, place, false),
    }
}

#[cfg(test)]
mod tests {
    use super::{has_many_attributes, server_port};

    #[test]
    fn ports_in_configuration() {
        for (text, wanted) in [
            ("a=b\nserver.port = 8085", Some((8085, 2))),
            ("server:\n  port: ${PORT:8086}\n", Some((8086, 2))),
            ("management:\n  port: 9000\n", None),
            ("server.port=0", None),
        ] {
            assert_eq!(server_port(text), wanted, "{text}");
        }
    }

    #[test]
    fn attributes_that_take_time() {
        let many: String = (0..100).map(|i| format!(" a{i}='>'")).collect();
        assert!(has_many_attributes(&format!("<project{many}/>")));
        let spaces: String = (0..100).map(|i| format!("<a xmlns:a{i}='u'/>")).collect();
        assert!(has_many_attributes(&spaces));
        let flags = format!("<argLine>{}</argLine>", "-Da=b ".repeat(100));
        assert!(!has_many_attributes(&format!("<project xmlns='x' a=\"'\">{flags}</project>")));
    }
}

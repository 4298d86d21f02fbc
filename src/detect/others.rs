//! Languages of which little is read: .NET, Elixir, Gleam, C and C++, Deno, scripts of a shell, and static files.

use roxmltree::Document;
use serde_json::Value;

use super::finding::{Finding, Location};
use super::libraries;
use super::node::without_comments;
use super::service::{Command, Language, ServiceKind, Services};
use super::tokens::{Comments, tokens};
use super::walk::Files;
use crate::text::{path, yaml};

/// Reads every project of these languages.
pub fn detect(files: &Files, services: &mut Services) {
    dotnet(files, services);
    elixir(files, services);
    gleam(files, services);
    cpp(files, services);
    deno(files, services);
}

/// Reads what counts only where nothing else is known: static files and scripts at the top.
pub fn last(files: &Files, services: &mut Services) {
    let free = |services: &Services, folder: &str| {
        !services.has_below(folder) && services.0.get(folder).is_none_or(|service| service.manifest.is_none())
    };
    if !free(services, "") {
        return;
    }
    let root = files.text_if_any("Staticfile").and_then(|text| {
        let root = yaml::first(&text)?.get("root")?.as_str()?.trim_matches('/').to_owned();
        Some((root, "Staticfile"))
    });
    let index = || {
        let folders = [(".", "index.html"), ("public", "public/index.html")];
        folders.into_iter().find(|(_, index)| files.has(index)).map(|(folder, index)| (folder.to_owned(), index))
    };
    if let Some((output, file)) = root.or_else(index) {
        let place = Location::new(file, None);
        let service = services.of_manifest_in("", &place, Language::Static, None);
        service.kind = Some(Finding::new(ServiceKind::Web, place.clone()));
        service.output = Some(Finding::new(output, place));
        service.runs = true;
    } else if let Some(text) = files.text_if_any("start.sh") {
        let place = Location::new("start.sh", None);
        let service = services.of_manifest_in("", &place, Language::Shell, None);
        let first = text.lines().next().unwrap_or_default();
        let shell = first.strip_prefix("#!").and_then(|line| line.rsplit(['/', ' ']).next());
        let shell = shell.filter(|shell| matches!(*shell, "bash" | "dash" | "ksh" | "zsh")).unwrap_or("sh");
        service.command(Command::Start, format!("{shell} start.sh"), place);
        service.entry = Some("start.sh".to_owned());
    }
}

/// Projects of .NET. `Microsoft.NET.Sdk.Web` is a server; one that makes no program is a library.
fn dotnet(files: &Files, services: &mut Services) {
    let is_project = |file: &&str| [".csproj", ".fsproj", ".vbproj"].iter().any(|end| file.ends_with(end));
    for file in files.paths().filter(is_project) {
        let Some(text) = files.text(file) else { continue };
        let Ok(document) = Document::parse(&text) else {
            files.note(file, "is not XML");
            continue;
        };
        let stem = path::name(file).rsplit_once('.').map_or("", |(stem, _)| stem);
        let place = Location::new(file, None);
        let service = services.of_manifest(&place, Language::Dotnet, Some(stem));
        let text_of = |name: &str| {
            document.descendants().find(|node| node.has_tag_name(name)).and_then(|node| node.text()).map(str::trim)
        };
        if let Some(version) = text_of("TargetFramework").and_then(|name| name.strip_prefix("net")) {
            service.version.get_or_insert_with(|| Finding::new(version.to_owned(), place.clone()));
        }
        for node in document.descendants().filter(|node| node.has_tag_name("PackageReference")) {
            let Some(library) = node.attribute("Include") else { continue };
            libraries::add(service, Language::Dotnet, library, &place, false);
        }
        let sdk = document.root_element().attribute("Sdk").unwrap_or_default();
        if sdk == "Microsoft.NET.Sdk.Web" {
            service.frameworks.push(Finding::new("ASP.NET Core", place.clone()));
            service.kind = Some(Finding::new(ServiceKind::Api, place.clone()));
            service.runs = true;
        } else if sdk == "Microsoft.NET.Sdk.Worker" {
            service.kind = Some(Finding::new(ServiceKind::Worker, place.clone()));
            service.runs = true;
        }
        let is_program = text_of("OutputType").is_some_and(|kind| kind.eq_ignore_ascii_case("exe"));
        if service.runs || is_program {
            let name = text_of("AssemblyName").unwrap_or(stem);
            service.entry = Some(file.to_owned());
            service.command(Command::Build, "dotnet publish -c Release -o out", place.clone());
            service.command(Command::Start, format!("dotnet out/{name}.dll"), place);
        }
    }
}

/// mix.exs: a program, of which `{:library, ...}`, `app:` and `elixir:` are read.
fn elixir(files: &Files, services: &mut Services) {
    for file in files.named("mix.exs") {
        let Some(text) = files.text(file) else { continue };
        let tokens = tokens(&text, Comments::Hash);
        let at = |name: &str| {
            tokens
                .windows(4)
                .find(|window| window[0].is_word(name) && window[1].is_sign(':'))
                .map(|window| window.to_vec())
        };
        let app = at("app").and_then(|window| window[3].word());
        let place = Location::new(file, None);
        let service = services.of_manifest(&place, Language::Elixir, app);
        if let Some(found) = at("elixir")
            && let Some(version) = found[2].text()
        {
            service.version = Some(Finding::new(version.to_owned(), Location::new(file, Some(found[2].line))));
        }
        for window in tokens.windows(3) {
            let [open, colon, library] = window else { continue };
            let Some(name) = library.word().filter(|_| open.is_sign('{') && colon.is_sign(':')) else { continue };
            libraries::add(service, Language::Elixir, name, &Location::new(file, Some(library.line)), false);
        }
        let name = app.unwrap_or("app");
        if tokens.windows(2).any(|window| window[0].is_word("mod") && window[1].is_sign(':')) {
            service.entry = Some(file.to_owned());
            service.command(Command::Build, "mix release", place.clone());
            service.command(Command::Start, format!("_build/prod/rel/{name}/bin/{name} start"), place);
        }
    }
}

fn gleam(files: &Files, services: &mut Services) {
    for file in files.named("gleam.toml") {
        let Some(table) = files.text(file).and_then(|text| text.parse::<toml::Table>().ok()) else { continue };
        let text = |key: &str| table.get(key).and_then(toml::Value::as_str).map(str::to_owned);
        let place = Location::new(file, None);
        let service = services.of_manifest(&place, Language::Gleam, text("name").as_deref());
        service.version = text("gleam").map(|version| Finding::new(version, place.clone()));
        let libraries = table.get("dependencies").and_then(toml::Value::as_table);
        if libraries.is_some_and(|list| ["mist", "wisp"].iter().any(|name| list.contains_key(*name))) {
            service.kind = Some(Finding::new(ServiceKind::Api, place.clone()));
            service.runs = true;
        }
        let name = text("name").unwrap_or_default();
        let source = path::join(&service.path, &format!("src/{name}.gleam"));
        if files.is_file(&source) {
            service.entry = Some(source);
            service.command(Command::Build, "gleam export erlang-shipment", place.clone());
            service.command(Command::Start, "./build/erlang-shipment/entrypoint.sh run", place);
        }
    }
}

/// The first program of a CMakeLists.txt or a meson.build.
fn cpp(files: &Files, services: &mut Services) {
    for (manifest, call, build) in [
        ("CMakeLists.txt", "add_executable", "cmake -B build -DCMAKE_BUILD_TYPE=Release && cmake --build build"),
        ("meson.build", "executable", "meson setup build --buildtype=release && meson compile -C build"),
    ] {
        for file in files.named(manifest) {
            let Some(text) = files.text(file) else { continue };
            // `add_executable(name main.cc)` and `executable('name', ['main.cc'])`
            let found = text.lines().enumerate().find_map(|(i, line)| {
                let rest = line.trim().rsplit_once(call)?.1.trim_start().strip_prefix('(')?;
                let name = rest.trim_start_matches(['\'', '"', ' ']);
                let end = name.find(|c: char| !(c.is_ascii_alphanumeric() || "._-".contains(c)))?;
                name.get(..end).filter(|name| !name.is_empty()).map(|name| (name, i + 1))
            });
            let Some((name, line)) = found else { continue };
            let place = Location::new(file, Some(line));
            let service = services.of_manifest(&place, Language::Cpp, Some(name));
            service.entry = Some(file.to_owned());
            service.command(Command::Build, build, place.clone());
            service.command(Command::Start, format!("./build/{name}"), place);
        }
    }
}

fn deno(files: &Files, services: &mut Services) {
    for file in files.named("deno.json").chain(files.named("deno.jsonc")) {
        let Some(text) = files.text(file) else { continue };
        let parsed = yaml::first(&without_comments(&text)).and_then(|yaml| serde_json::to_value(yaml).ok());
        let Some(package) = parsed.filter(Value::is_object) else {
            files.note(file, "is not JSON");
            continue;
        };
        let place = Location::new(file, None);
        let service = services.of_manifest(&place, Language::Deno, package["name"].as_str());
        let entries = ["main.ts", "main.js", "server.ts", "server.js", "src/main.ts", "index.ts", "mod.ts"];
        service.entry = entries.iter().map(|name| path::join(&service.path, name)).find(|file| files.is_file(file));
        for task in ["start", "serve"] {
            if package["tasks"][task].is_string() {
                service.command(Command::Start, format!("deno task {task}"), place.clone());
                service.runs = true;
            }
        }
        if let Some(entry) = service.entry.clone() {
            let below = entry.strip_prefix(&service.path).unwrap_or(&entry).trim_start_matches('/').to_owned();
            service.command(Command::Start, format!("deno run --allow-net --allow-env --allow-read {below}"), place);
        }
    }
}

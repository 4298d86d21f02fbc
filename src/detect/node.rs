//! package.json: frameworks, scripts, versions, workspaces.

use serde_json::Value;

use super::compose::inside;
use super::finding::{Finding, Location};
use super::libraries;
use super::lines::Lines;
use super::service::{Command, Language, Service, ServiceKind, Services};
use super::tokens::{Comments, tokens};
use super::walk::Files;
use crate::text::{path, yaml};

/// Names of scripts by what they do, the best first.
const SCRIPTS: [(Command, &[&str]); 6] = [
    (Command::Build, &["build", "build:prod", "build:production"]),
    (Command::Coverage, &["test:coverage", "coverage", "test:cov"]),
    (Command::Lint, &["lint"]),
    (Command::Migrate, &["migrate", "migrate:up", "db:migrate", "migrate:deploy", "db:deploy"]),
    (Command::Test, &["test"]),
    (Command::Typecheck, &["typecheck", "type-check", "check-types", "tsc"]),
];

/// Names of scripts that start the program, those for production first.
const STARTS: [&str; 6] = ["start:prod", "start:production", "prod", "production", "start", "serve"];

/// What `npm init` writes, which is no test.
const NO_TEST: &str = "no test specified";

/// Programs that serve static files to one developer.
const STATIC_SERVERS: [&str; 21] = [
    "@11ty/eleventy",
    "astro",
    "docusaurus",
    "ember",
    "expo",
    "gatsby",
    "http-server",
    "live-server",
    "ng",
    "parcel",
    "react-scripts",
    "rsbuild",
    "rspack",
    "serve",
    "snowpack",
    "stencil",
    "vite",
    "vitepress",
    "vue-cli-service",
    "webpack",
    "webpack-dev-server",
];

/// Frameworks that serve, and what makes static files of them: the word and its value in their configuration, and the
/// folder that is written.
const EXPORTS: [(&str, &str, &str, &str, &str); 3] = [
    ("Next.js", "next", "output", "export", "out"),
    ("React Router", "react-router", "ssr", "false", "build/client"),
    ("Astro", "astro", "output", "static", "dist"),
];

/// Adapters that build for a platform, and the one that makes a server.
const ADAPTERS: [(&str, &str, &str); 7] = [
    ("@sveltejs/adapter-auto", "several platforms", "@sveltejs/adapter-node"),
    ("@sveltejs/adapter-cloudflare", "Cloudflare", "@sveltejs/adapter-node"),
    ("@sveltejs/adapter-netlify", "Netlify", "@sveltejs/adapter-node"),
    ("@sveltejs/adapter-vercel", "Vercel", "@sveltejs/adapter-node"),
    ("@astrojs/cloudflare", "Cloudflare", "@astrojs/node"),
    ("@astrojs/netlify", "Netlify", "@astrojs/node"),
    ("@astrojs/vercel", "Vercel", "@astrojs/node"),
];

/// Reads every package.json.
pub fn detect(files: &Files, services: &mut Services) {
    let globs: Vec<String> = workspaces(files).into_iter().map(|glob| glob.value).collect();
    for file in files.named("package.json").chain(files.named("package.json5")) {
        let Some(text) = files.text(file) else { continue };
        let parsed = match file.ends_with('5') {
            true => yaml::first(&without_comments(&text)).and_then(|yaml| serde_json::to_value(yaml).ok()),
            false => match serde_json::from_str::<Value>(&text) {
                Ok(value) => Some(value),
                Err(error) => {
                    files.note(file, format!("is not JSON (line {})", error.line()));
                    continue;
                }
            },
        };
        match parsed {
            Some(package) if package.is_object() => read(files, services, file, &text, &package, &globs),
            _ => files.note(file, "is not a JSON object"),
        }
    }
}

/// JSON5 and JSON with comments as YAML, which has its names without quotes and its commas at the end.
pub fn without_comments(text: &str) -> String {
    let (mut out, mut quote, mut rest) = (String::with_capacity(text.len()), None, text.chars().peekable());
    while let Some(c) = rest.next() {
        match (quote, c) {
            (Some(open), c) => {
                out.push(c);
                if c == '\\' {
                    out.extend(rest.next());
                } else if c == open {
                    quote = None;
                }
            }
            (None, '/') if rest.peek() == Some(&'/') => while rest.next_if(|c| *c != '\n').is_some() {},
            (None, '/') if rest.peek() == Some(&'*') => {
                let mut last = ' ';
                for c in rest.by_ref() {
                    if last == '*' && c == '/' {
                        break;
                    }
                    last = c;
                }
            }
            // YAML takes no tab before a token
            (None, '\t') => out.push(' '),
            (None, c) => {
                quote = Some(c).filter(|c| matches!(c, '"' | '\''));
                out.push(c);
            }
        }
    }
    out
}

fn read(files: &Files, services: &mut Services, file: &str, text: &str, package: &Value, globs: &[String]) {
    let folder = path::parent(file);
    let lines = Lines::of_keys(file, text);
    let key = |key: &str| lines.place(key);
    let name = package["name"].as_str();
    let service = services.of_manifest(&key("name"), Language::Node, name.map(unscoped));
    if let Some(version) = package["engines"]["node"].as_str() {
        service.version.get_or_insert_with(|| Finding::new(version.to_owned(), key("node")));
    }
    let pages = has_pages(files, folder, package);
    let build = package["scripts"]["build"].as_str().unwrap_or_default();
    // Only what is there at run time serves; a bundler is usually among the others.
    for (list, bundlers) in [("dependencies", false), ("devDependencies", true)] {
        for library in package[list].as_object().into_iter().flatten().map(|(name, _)| name) {
            if !libraries::knows(Language::Node, library) || library == "expo" && !has(package, "react-native-web") {
                continue;
            }
            // a site that is among the tools is only the documentation of something else, unless the build makes it
            let tool = unscoped(library.split("/core").next().unwrap_or_default());
            let builds = libraries::builds_pages(Language::Node, library);
            let meta = matches!(library.as_str(), "@sveltejs/kit" | "@solidjs/start" | "@builder.io/qwik-city");
            if !bundlers || meta || builds && (pages || build.contains(tool)) {
                libraries::add(service, Language::Node, library, &key(library), pages);
            }
        }
    }
    let has_members = package.get("workspaces").is_some()
        || ["pnpm-workspace.yaml", "nx.json", "turbo.json", "lerna.json"]
            .iter()
            .any(|name| files.has(&path::join(folder, name)));
    let builds_members = ["", "turbo", "nx", "lerna", "pnpm", "yarn", "npm"];
    service.builds_members = has_members && builds_members.contains(&build.split(' ').next().unwrap_or_default());
    // a server that hands out the pages beside it is a website
    let bundles = ["dependencies", "devDependencies"]
        .iter()
        .filter_map(|list| package[*list].as_object())
        .any(|list| list.keys().any(|name| libraries::builds_pages(Language::Node, name)));
    if service.output.is_none()
        && bundles
        && files.has(&path::join(folder, "index.html"))
        && let Some(kind) = service.kind.as_mut().filter(|kind| kind.value == ServiceKind::Api)
    {
        kind.value = ServiceKind::Web;
    }
    let lock = lock(files, folder);
    let home = lock.as_ref().map_or(folder, |lock| path::parent(&lock.found_in.file));
    service.workspace = lock.is_some() && home.is_empty() && is_member(globs, folder);
    let named = named_manager(files, folder, home, &lines, package);
    service.manager_version = named.is_some();
    service.package_manager = named.or(lock);
    let manager = service.package_manager.as_ref().map_or("npm", |manager| manager.value);
    // in the folder of a package Turborepo builds what that package depends on, then the package itself
    if service.workspace && package["scripts"]["build"].is_string() && files.has("turbo.json") {
        service.command(Command::Build, "npx --no-install turbo run build", Location::new("turbo.json", None));
    }
    // a package that others of the workspace import is no program
    let is_library = ["exports", "main", "module", "types"].iter().any(|key| package.get(key).is_some())
        && !STARTS.iter().any(|name| package["scripts"][*name].is_string());
    service.entry = entry(files, folder, package).filter(|_| !(service.workspace && is_library));
    // what runs in the image finds Node.js and npm there
    start(service, package, "npm", &key);
    exports(files, folder, service, package, &key);
    scripts(service, package, manager, &key);
    if has(package, "migrate-mongo") {
        service.command(Command::Migrate, "npx --no-install migrate-mongo up", key("migrate-mongo"));
    }
    service.runs |= service.commands.contains_key(&Command::Start);
}

/// Whether it shows pages in a browser: by its index, or by a library for pages in what is no library itself.
fn has_pages(files: &Files, folder: &str, package: &Value) -> bool {
    let index = ["index.html", "public/index.html", "src/index.html"];
    let is_library = ["main", "module", "exports", "types"].iter().any(|key| package.get(key).is_some());
    let libraries = || {
        let lists = ["dependencies", "devDependencies"].into_iter().filter_map(|list| package[list].as_object());
        lists.flatten().any(|(name, _)| libraries::shows_pages(Language::Node, name))
    };
    index.iter().any(|index| files.has(&path::join(folder, index)))
        || has(package, "react-scripts")
        || !is_library && package["scripts"]["build"].is_string() && libraries()
}

/// The source in which it begins: `main`, else an index.
fn entry(files: &Files, folder: &str, package: &Value) -> Option<String> {
    let main = package["main"].as_str().and_then(|main| inside(folder, main));
    let named = main.filter(|main| files.is_file(main) && !main.ends_with(".json"));
    let indexes =
        ["index.js", "index.ts", "index.mjs", "server.js", "server.ts", "app.js", "src/index.ts", "src/index.js"];
    named.or_else(|| indexes.iter().map(|index| path::join(folder, index)).find(|index| files.is_file(index)))
}

/// How it is started: by the script for production, directly where that is a single program.
fn start(service: &mut Service, package: &Value, manager: &str, key: &dyn Fn(&str) -> Location) {
    let scripts = STARTS.iter().filter_map(|name| Some((*name, package["scripts"][*name].as_str()?)));
    for (name, whole) in scripts {
        // the image is built before it starts
        let script = without_builds(whole);
        let words: Vec<&str> = script.split_whitespace().collect();
        let program = words.iter().position(|word| !is_assignment(word)).and_then(|at| words.get(at..));
        // pm2 puts it into the background, and the container would end
        let program = program.map(|words| match words {
            ["cross-env", rest @ ..] => {
                rest.iter().position(|word| !is_assignment(word)).map_or(words, |at| &rest[at..])
            }
            words => words,
        });
        let background: Vec<&str>;
        let program = match program {
            Some(["pm2" | "pm2-runtime", "start", file])
                if [".js", ".cjs", ".mjs"].iter().any(|end| file.ends_with(end)) =>
            {
                background = vec!["node", *file];
                Some(background.as_slice())
            }
            program => program,
        };
        let Some(words @ [program, ..]) = program else { continue };
        let serves_files = service.output.is_some() || service.frameworks.is_empty();
        if STATIC_SERVERS.contains(program) && (serves_files || is_development(script))
            || name == "serve" && service.output.is_some()
        {
            continue;
        }
        if is_development(script) {
            // what the tool of the developer starts is what production starts
            if let ["nodemon", file] = words
                && (file.ends_with(".js") || file.ends_with(".mjs") || file.ends_with(".cjs"))
            {
                service.command(Command::Start, format!("node {file}"), key(name));
            }
            continue;
        }
        if name == "serve" && !script.contains("node ") {
            continue;
        }
        if let Some(port) = port(script) {
            service.port = Some(Finding::new(port, key(name)));
        }
        // a program serves here, whatever else makes pages
        if service.output.is_some() && !script.contains("&&") {
            service.output = None;
        }
        // the image sets these itself
        let assigned = script.split_whitespace().take_while(|word| is_assignment(word));
        let is_set = |word: &str| word.starts_with("NODE_ENV=") || word.starts_with("PORT=") || word == "cross-env";
        let plain =
            matches!(*program, "node" | "bun") && words.iter().all(|word| is_plain(word)) && { assigned }.all(is_set);
        let script_of_node = |word: &str| [".js", ".mjs", ".cjs"].iter().any(|end| word.ends_with(end));
        let call = match (plain, name) {
            // the image has Node.js, which runs what was built as well
            (true, _) if *program == "bun" && matches!(words, [_, file] if script_of_node(file)) => {
                format!("node {}", words[1])
            }
            (true, _) => words.join(" "),
            (false, "start") => format!("{manager} start"),
            (false, name) => format!("{manager} run {name}"),
        };
        service.command(Command::Start, call, key(name));
        break;
    }
}

/// A script without the commands before its last one that build or install.
fn without_builds(script: &str) -> &str {
    let mut rest = script;
    while let Some((first, others)) = rest.split_once("&&") {
        let words: Vec<&str> = first.split_whitespace().collect();
        let builds = match words.as_slice() {
            ["npm" | "pnpm" | "yarn" | "bun", "run", script] => script.starts_with("build"),
            ["npm" | "pnpm" | "yarn" | "bun", script] => script.starts_with("build") || *script == "install",
            ["tsc" | "webpack" | "rimraf", ..] => true,
            [_, "build", ..] => true,
            _ => false,
        };
        if !builds {
            break;
        }
        rest = others.trim();
    }
    rest
}

/// Whether a script is for the time of development: it watches, or serves what it builds at the same time.
pub fn is_development(script: &str) -> bool {
    const WORDS: [&str; 14] = [
        "--hot",
        "--watch",
        "concurrently",
        "dev",
        "develop",
        "nodemon",
        "start:dev",
        "supervisor",
        "ts-node-dev",
        "tsnd",
        "watch",
        "webpack-dev-server",
        "--inspect",
        "node-dev",
    ];
    const PAIRS: [(&str, &str); 5] =
        [("nest", "start"), ("react-scripts", "start"), ("ng", "serve"), ("tsc", "-w"), ("webpack", "serve")];
    let words: Vec<&str> = script.split_whitespace().collect();
    words.iter().any(|word| WORDS.contains(word))
        || words.windows(2).any(|pair| PAIRS.iter().any(|(tool, what)| pair == [*tool, *what]))
}

fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
    }) || matches!(word, "cross-env" | "env")
}

/// Whether a word of a script needs no shell.
fn is_plain(word: &str) -> bool {
    word.chars().all(|c| c.is_ascii_alphanumeric() || "._-/=@:".contains(c))
}

/// Frameworks that could serve and here only write files.
fn exports(files: &Files, folder: &str, service: &mut Service, package: &Value, key: &dyn Fn(&str) -> Location) {
    let labels: Vec<&str> = service.frameworks.iter().map(|framework| framework.value).collect();
    let configuration = |tool: &str| {
        let names = ["js", "mjs", "ts", "cjs", "mts"].map(|end| path::join(folder, &format!("{tool}.config.{end}")));
        names.into_iter().find(|name| files.has(name)).and_then(|name| Some((files.text(&name)?, name)))
    };
    let mut output = None;
    for (_, tool, word, value, written) in EXPORTS.iter().filter(|(label, ..)| labels.contains(label)) {
        let Some((text, name)) = configuration(tool) else { continue };
        let tokens = tokens(&text, Comments::Slashes);
        let set = tokens.windows(3).find(|window| {
            window[0].is_word(word)
                && window[1].is_sign(':')
                && (window[2].text() == Some(value) || window[2].is_word(value))
        });
        if let Some(set) = set {
            output = Some((*written, Location::new(&name, Some(set[0].line))));
        }
    }
    let build = package["scripts"]["build"].as_str().unwrap_or_default();
    let adapter = ADAPTERS.iter().find(|(name, ..)| has(package, name));
    service.adapter = adapter.filter(|(.., server)| !has(package, server)).map(|(name, platform, server)| {
        Finding::new((format!("its adapter `{name}` builds for {platform}"), *server), key(name))
    });
    if has(package, "@sveltejs/adapter-static") {
        service.adapter = None;
        output = Some(("build", key("@sveltejs/adapter-static")));
    } else if build.contains("nuxt generate") || build.contains("nuxi generate") {
        output = Some((".output/public", key("build")));
    }
    if let Some((output, place)) = output {
        service.output = Some(Finding::new(output.to_owned(), place));
        service.commands.remove(&Command::Start);
        service.port = None;
        return;
    }
    // where a bundler writes to, where its command or configuration says so
    let Some(known) = &mut service.output else { return };
    for (flag, label) in [("--outdir=", "esbuild"), ("--outDir", "Vite"), ("--dist-dir", "Parcel")] {
        let mut words = build.split_whitespace();
        let value = words.find(|word| word.starts_with(flag)).map(|word| word.strip_prefix(flag).unwrap_or_default());
        let value = value.map(|rest| rest.trim_start_matches('=')).filter(|rest| !rest.is_empty()).or(words.next());
        if labels.contains(&label)
            && let Some(value) = value.filter(|value| build.contains(flag) && is_plain(value))
        {
            *known = Finding::new(value.trim_start_matches("./").trim_end_matches('/').to_owned(), key("build"));
        }
    }
    if labels.contains(&"Vite")
        && let Some((text, name)) = configuration("vite")
    {
        let tokens = tokens(&text, Comments::Slashes);
        let set = tokens.windows(3).find(|window| window[0].is_word("outDir") && window[1].is_sign(':'));
        if let Some((value, line)) = set.and_then(|set| Some((set[2].text()?, set[0].line)))
            && is_plain(value)
            && inside(folder, value).is_some()
        {
            let value = value.trim_start_matches("./").trim_end_matches('/').to_owned();
            *known = Finding::new(value, Location::new(&name, Some(line)));
        }
    }
    if labels.contains(&"webpack")
        && let Some((text, name)) = configuration("webpack")
    {
        // `path: path.resolve(__dirname, "build")`
        let tokens = tokens(&text, Comments::Slashes);
        let set = tokens.windows(8).find(|window| window[0].is_word("path") && window[1].is_sign(':'));
        if let Some(value) = set.and_then(|set| set.iter().find_map(|token| token.text()))
            && is_plain(value)
            && inside(folder, value).is_some_and(|value| !value.is_empty())
            && let Some(line) = set.map(|set| set[0].line)
        {
            let value = value.trim_start_matches("./").trim_end_matches('/').to_owned();
            *known = Finding::new(value, Location::new(&name, Some(line)));
        }
    }
    angular(files, folder, service);
}

/// The folder that the first project of an angular.json writes to.
fn angular(files: &Files, folder: &str, service: &mut Service) {
    let file = path::join(folder, "angular.json");
    if !service.frameworks.iter().any(|framework| framework.value == "Angular") || service.output.is_none() {
        return;
    }
    let Some(text) = files.text_if_any(&file) else { return };
    let Ok(value) = serde_json::from_str::<Value>(&text) else { return };
    let Some((name, project)) = value["projects"].as_object().and_then(|projects| projects.iter().next()) else {
        return;
    };
    let build = &project["architect"]["build"];
    let path = &build["options"]["outputPath"];
    let base = path.as_str().or_else(|| path["base"].as_str()).map_or_else(|| format!("dist/{name}"), str::to_owned);
    // the builder `application` puts what a browser gets into a folder of its own
    let apart = build["builder"].as_str().is_some_and(|builder| builder.ends_with(":application"));
    let output = if apart { format!("{base}/browser") } else { base };
    service.output = Some(Finding::new(output, Location::new(&file, None)));
}

fn scripts(service: &mut Service, package: &Value, manager: &str, key: &dyn Fn(&str) -> Location) {
    for (command, names) in SCRIPTS {
        let script = |name: &str| package["scripts"][name].as_str().filter(|script| !script.contains(NO_TEST));
        let Some((name, _)) = names.iter().find_map(|name| Some((*name, script(name)?))) else { continue };
        // what runs in the image finds npm there; Bun has a command `test` of its own
        let word = match (command, manager) {
            (Command::Migrate, _) => "npm",
            (_, "yarn_classic") => "yarn",
            (_, manager) => manager,
        };
        let call = match name {
            "test" if word != "bun" => format!("{word} {name}"),
            _ => format!("{word} run {name}"),
        };
        service.command(command, call, key(name));
    }
}

/// The port in a command: `next start -p 3000`, `--port=3000`, `PORT=3000 node .`, `--bind 0.0.0.0:8000`.
pub fn port(script: &str) -> Option<u16> {
    let words: Vec<&str> = script.split_whitespace().collect();
    words.iter().enumerate().find_map(|(i, word)| {
        let value = match word.split_once('=') {
            Some(("--port" | "PORT" | "--server.port" | "--bind" | "--listen" | "-Dserver.port", value)) => value,
            _ if matches!(*word, "--port" | "-p" | "--bind" | "-b" | "--server.port") => words.get(i + 1)?,
            _ => return None,
        };
        // `0.0.0.0:8000` and `:8000`, and `${PORT:-8000}`
        let value = value.rsplit(':').next()?.trim_start_matches('-').trim_end_matches('}');
        value.parse().ok().filter(|port| *port > 0)
    })
}

/// The package manager whose exact version `packageManager` names, here or beside the lock file.
fn named_manager(
    files: &Files,
    folder: &str,
    home: &str,
    lines: &Lines<'_>,
    package: &Value,
) -> Option<Finding<&'static str>> {
    if let Some(name) = package["packageManager"].as_str().and_then(of_version) {
        return Some(Finding::new(name, lines.place("packageManager")));
    }
    if home == folder {
        return None;
    }
    let file = path::join(home, "package.json");
    let text = files.text_if_any(&file)?;
    let name = serde_json::from_str::<Value>(&text).ok()?["packageManager"].as_str().and_then(of_version)?;
    Some(Finding::new(name, Lines::of_keys(&file, &text).place("packageManager")))
}

/// The package manager of a text such as `pnpm@11.2.0+sha512.abc`.
fn of_version(text: &str) -> Option<&'static str> {
    let (name, version) = text.split_once('@')?;
    let is_exact = version.starts_with(|c: char| c.is_ascii_digit());
    match name {
        "npm" | "pnpm" | "bun" if is_exact => ["npm", "pnpm", "bun"].into_iter().find(|one| *one == name),
        "yarn" if is_exact => Some(if version.starts_with("1.") { "yarn_classic" } else { "yarn" }),
        _ => None,
    }
}

/// The nearest lock file, and what wrote it.
fn lock(files: &Files, folder: &str) -> Option<Finding<&'static str>> {
    const LOCKS: [(&str, &str); 5] = [
        ("pnpm-lock.yaml", "pnpm"),
        ("yarn.lock", "yarn"),
        ("bun.lock", "bun"),
        ("bun.lockb", "bun"),
        ("package-lock.json", "npm"),
    ];
    path::upwards(folder).find_map(|folder| {
        LOCKS.iter().find_map(|(lock, name)| {
            let lock = path::join(folder, lock);
            if !files.has(&lock) {
                return None;
            }
            // Yarn 1 does not know the entry about the file itself
            let is_classic = *name == "yarn" && !files.text_if_any(&lock)?.contains("__metadata:");
            let name = if is_classic { "yarn_classic" } else { name };
            Some(Finding::new(name, Location::new(&lock, None)))
        })
    })
}

/// Whether the globs of a workspace have a folder below the top among them.
pub fn is_member(globs: &[String], folder: &str) -> bool {
    let matches = |glob: &str| {
        let glob = glob.trim_start_matches("./").trim_end_matches('/');
        let (glob, folder): (Vec<&str>, Vec<&str>) = (glob.split('/').collect(), folder.split('/').collect());
        !folder[0].is_empty() && segments_match(&glob, &folder)
    };
    let (without, with): (Vec<&String>, Vec<&String>) = globs.iter().partition(|glob| glob.starts_with('!'));
    with.iter().any(|glob| matches(glob)) && !without.iter().any(|glob| matches(&glob[1..]))
}

fn segments_match(glob: &[&str], folder: &[&str]) -> bool {
    match (glob.split_first(), folder.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) if segments_match(rest, folder) => true,
        (Some((&"**", _)), Some((_, below))) => segments_match(glob, below),
        (Some((one, rest)), Some((name, below))) => {
            let fits = match one.split_once('*') {
                Some((before, after)) => {
                    name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
                }
                None => one == name,
            };
            fits && segments_match(rest, below)
        }
        _ => false,
    }
}

fn has(package: &Value, library: &str) -> bool {
    ["dependencies", "devDependencies"].iter().any(|list| package[list].get(library).is_some())
}

/// A name without the scope of its organization.
fn unscoped(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The globs of the workspaces of the root, from package.json or pnpm-workspace.yaml.
pub fn workspaces(files: &Files) -> Vec<Finding<String>> {
    let mut found = Vec::new();
    if let Some(text) = files.text_if_any("pnpm-workspace.yaml") {
        let lines = Lines::of_texts("pnpm-workspace.yaml", &text);
        match yaml::first(&text) {
            Some(yaml) => {
                let globs = yaml.get("packages").and_then(serde_yaml::Value::as_sequence);
                let globs = globs.into_iter().flatten().filter_map(serde_yaml::Value::as_str);
                found.extend(globs.map(|glob| Finding::new(glob.to_owned(), lines.place(glob))));
            }
            None => {
                files.note("pnpm-workspace.yaml", "is not YAML, or nested too deep, or grows too large by its aliases")
            }
        }
    }
    if let Some(text) = files.text_if_any("package.json")
        && let Ok(package) = serde_json::from_str::<Value>(&text)
    {
        let list = package["workspaces"].as_array().or_else(|| package["workspaces"]["packages"].as_array());
        let place = Lines::of_keys("package.json", &text).place("workspaces");
        let globs = list.into_iter().flatten().filter_map(Value::as_str);
        found.extend(globs.map(|glob| Finding::new(glob.to_owned(), place.clone())));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{is_member, of_version, port};

    #[test]
    fn members_of_a_workspace() {
        let globs = |globs: &[&str]| globs.iter().map(|&glob| glob.to_owned()).collect::<Vec<_>>();
        for (member, list, folder) in [
            (true, &["apps/*", "packages/*"][..], "apps/api"),
            (true, &["./apps/*/"], "apps/api"),
            (true, &["apps/**"], "apps/shop/api"),
            (true, &["apps/api"], "apps/api"),
            (true, &["apps/shop-*"], "apps/shop-api"),
            (false, &["apps/*"], "apps/shop/api"),
            (false, &["apps/*", "!apps/api"], "apps/api"),
            (false, &["apps/*"], ""),
            (false, &["**"], ""),
            (false, &[], "apps/api"),
        ] {
            assert_eq!(is_member(&globs(list), folder), member, "{list:?} {folder}");
        }
    }

    #[test]
    fn exact_versions_of_package_managers() {
        for (text, name) in [
            ("pnpm@11.2.0+sha512.abc", Some("pnpm")),
            ("yarn@1.22.22", Some("yarn_classic")),
            ("yarn@4.18.1", Some("yarn")),
            ("bun@1.4.5", Some("bun")),
            ("pnpm@latest", None),
            ("pnpm", None),
            ("cnpm@9.0.0", None),
        ] {
            assert_eq!(of_version(text), name, "{text}");
        }
    }

    #[test]
    fn ports_in_scripts() {
        assert_eq!(port("next start -p 3001"), Some(3001));
        assert_eq!(port("PORT=8081 node server.js"), Some(8081));
        assert_eq!(port("vite preview --port=4000"), Some(4000));
        for none in ["node server.js", "mkdir -p dist", "x -p", "x --port 99999"] {
            assert_eq!(port(none), None, "{none}");
        }
    }
}

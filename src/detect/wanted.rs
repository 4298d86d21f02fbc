//! Which files can tell something, by their path alone.

use super::compose::is_compose;
use super::proxies::is_nginx;
use crate::text::path;

/// Names of files that are read or whose being there tells something.
const NAMES: [&str; 108] = [
    ".bun-version",
    ".deno-version",
    ".dockerignore",
    ".drone.yml",
    ".gitlab-ci.yml",
    ".java-version",
    ".mise.toml",
    ".node-version",
    ".npmrc",
    ".nvmrc",
    ".php-version",
    ".python-version",
    ".ruby-version",
    ".sdkmanrc",
    ".tool-versions",
    ".travis.yml",
    "CMakeLists.txt",
    "CODEOWNERS",
    "Caddyfile",
    "Cargo.lock",
    "Cargo.toml",
    "Chart.yaml",
    "Gemfile",
    "Jenkinsfile",
    "Justfile",
    "Kernel.php",
    "Makefile",
    "Pipfile",
    "Pipfile.lock",
    "Procfile",
    "Program.cs",
    "Rakefile",
    "Staticfile",
    "Taskfile.yaml",
    "Taskfile.yml",
    "alembic.ini",
    "angular.json",
    "app.json",
    "application.properties",
    "application.yaml",
    "application.yml",
    "artisan",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "build.gradle",
    "build.gradle.kts",
    "bun.lock",
    "bun.lockb",
    "celery.py",
    "composer.json",
    "config.ru",
    "config.yml",
    "console.php",
    "crontab",
    "deno.json",
    "deno.jsonc",
    "gleam.toml",
    "global.json",
    "go.mod",
    "go.work",
    "index.html",
    "justfile",
    "knexfile.cjs",
    "knexfile.js",
    "knexfile.mjs",
    "kustomization.yaml",
    "kustomization.yml",
    "launchSettings.json",
    "lerna.json",
    "libs.versions.toml",
    "manage.py",
    "meson.build",
    "migrate",
    "migrate-mongo-config.js",
    "migration_lock.toml",
    "mise.toml",
    "mix.exs",
    "nx.json",
    "package-lock.json",
    "package.json",
    "package.json5",
    "pdm.lock",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "poetry.lock",
    "pom.xml",
    "puma.rb",
    "pyproject.toml",
    "requirements.txt",
    "runtime.exs",
    "runtime.txt",
    "rust-toolchain",
    "rust-toolchain.toml",
    "schema.prisma",
    "serverless.yaml",
    "serverless.yml",
    "settings.gradle",
    "settings.gradle.kts",
    "setup.cfg",
    "setup.py",
    "sst.config.ts",
    "start.sh",
    "supervisord.conf",
    "turbo.json",
    "uv.lock",
    "wrangler.jsonc",
    "wrangler.toml",
    "yarn.lock",
];

/// Words in names of samples of environment files.
const SAMPLES: [&str; 7] = ["dist", "example", "sample", "skel", "template", "tmpl", "tpl"];
/// Environment files that are committed without being samples.
const COMMITTED: [&str; 5] = [".env", ".env.dev", ".env.development", ".env.prod", ".env.production"];

/// The ends of names of projects of .NET.
const PROJECTS: [&str; 3] = [".csproj", ".fsproj", ".vbproj"];

/// Tools whose configuration is read.
const CONFIGURED: [&str; 9] = ["astro", "next", "nuxt", "react-router", "rspack", "svelte", "vite", "vue", "webpack"];

/// What sources are called that say on which port a program listens and which routes it has.
const SOURCES: [&str; 25] = [
    "app",
    "asgi",
    "bootstrap",
    "bot",
    "health",
    "healthcheck",
    "healthz",
    "hello",
    "index",
    "main",
    "metrics",
    "monitoring",
    "probes",
    "program",
    "router",
    "routes",
    "run",
    "server",
    "settings",
    "start",
    "startup",
    "status",
    "urls",
    "worker",
    "wsgi",
];

/// The ends of names of sources that are understood.
const LANGUAGES: [&str; 13] = ["cjs", "go", "java", "js", "jsx", "kt", "mjs", "php", "py", "rb", "rs", "ts", "tsx"];

/// Whether a file is of interest.
pub fn is_wanted(path: &str) -> bool {
    let name = path::name(path);
    NAMES.contains(&name)
        || is_env_file(path)
        || is_settings(path)
        || is_dockerfile(name)
        || is_compose(name)
        || is_requirements(path)
        || is_configuration(name)
        || PROJECTS.iter().any(|end| name.ends_with(end))
        || name.ends_with(".tf")
        || is_profile(name)
        || is_nginx(name)
        || is_workflow(path)
        || is_manifest(path)
        || is_source(path)
        || is_store(path)
}

/// Whether a file holds environment variables: a sample such as `.env.example`, `env-example-document` and `example.env`, or a
/// file that is committed, such as `.env.production`. Those for tests are none.
pub fn is_env_file(path: &str) -> bool {
    if is_committed(path) {
        return !in_tests(path);
    }
    let lower = path::name(path).to_ascii_lowercase();
    let words: Vec<&str> = lower.split(['.', '-', '_']).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    let is_other =
        words.last().is_some_and(|end| LANGUAGES.contains(end) || matches!(*end, "json" | "md" | "yaml" | "yml"));
    has(&["env"]) && has(&SAMPLES) && !has(&["ci", "e2e", "test", "testing"]) && !is_other && !in_tests(path)
}

/// Whether a file holds environment variables and is no sample.
pub fn is_committed(path: &str) -> bool {
    COMMITTED.contains(&path::name(path).to_ascii_lowercase().as_str())
}

/// Whether a file is a source that reads the settings of a program, by its name or its folder. Those for tests and development are
/// none.
pub fn is_settings(path: &str) -> bool {
    let stem = path::name(path).rsplit_once('.').map_or("", |(stem, _)| stem).to_ascii_lowercase();
    let words: Vec<&str> = stem.split(['.', '-', '_']).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    let folder = path::name(path::parent(path));
    has_source_end(path)
        && !in_tests(path)
        && !has(&["d", "dev", "development", "local", "spec", "test", "testing"])
        && (has(&["conf", "config", "configuration", "env", "environment", "settings"])
            || matches!(folder, "conf" | "config" | "configs" | "configuration" | "env" | "settings")
            || folder == "environments" && stem == "production")
}

/// Whether a file has the settings of a program of Spring for production.
pub fn is_spring(path: &str) -> bool {
    let is_end = |end: &str| matches!(end, "properties" | "yaml" | "yml");
    let stem = path::name(path).rsplit_once('.').filter(|(_, end)| is_end(end)).map(|(stem, _)| stem);
    path::parent(path).ends_with("src/main/resources")
        && matches!(stem, Some("application" | "application-prod" | "application-production"))
}

/// Whether a file is in a folder for tests.
fn in_tests(path: &str) -> bool {
    let is_test =
        |folder: &str| matches!(folder, "test" | "tests" | "__tests__" | "spec" | "e2e" | "cypress" | "examples");
    path::parent(path).split('/').any(is_test)
}

/// Whether a file is a source of a program, and neither a test nor a tool beside it.
pub fn is_program(file: &str) -> bool {
    const MORE: [&str; 5] = [".cs", ".cts", ".ex", ".exs", ".mts"];
    const TOOLS: [&str; 9] =
        ["bench", "benches", "docs", "fixtures", "migrations", "mocks", "scripts", "seeders", "seeds"];
    let is_source = has_source_end(file) || MORE.iter().any(|end| file.ends_with(end));
    let stem = path::name(file).rsplit_once('.').map_or("", |(stem, _)| stem).to_ascii_lowercase();
    let is_of_tool =
        |word: &str| matches!(word, "config" | "dev" | "local" | "mock" | "seed" | "spec" | "test" | "tests");
    // `vite.config.ts` is one of a tool, `config.js` is not
    let is_tool = stem.split(['.', '_', '-']).skip(1).any(is_of_tool) || stem.starts_with("test_");
    is_source && !in_tests(file) && !is_tool && !path::parent(file).split('/').any(|folder| TOOLS.contains(&folder))
}

/// Whether a file is called like a Dockerfile: `Dockerfile`, `Dockerfile.prod`, `api.Dockerfile`.
pub fn is_dockerfile(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["dockerfile", "containerfile"].iter().any(|word| {
        let more = lower.strip_prefix(word).or_else(|| lower.strip_suffix(word));
        let is_ignored = |more: &str| more.ends_with("ignore");
        more.is_some_and(|more| more.is_empty() || (more.starts_with('.') || more.ends_with('.')) && !is_ignored(more))
    })
}

/// Whether a file lists packages of Python: `requirements.txt`, `requirements-prod.txt`, `requirements/base.txt`.
pub fn is_requirements(path: &str) -> bool {
    let name = path::name(path);
    name.ends_with(".txt") && (name.starts_with("requirements") || path::name(path::parent(path)) == "requirements")
}

/// Whether a file configures a framework or a bundler: `next.config.mjs`, `vite.config.ts`.
pub fn is_configuration(name: &str) -> bool {
    CONFIGURED.iter().any(|tool| {
        let end = name.strip_prefix(tool).and_then(|rest| rest.strip_prefix(".config."));
        end.is_some_and(|end| matches!(end, "cjs" | "js" | "mjs" | "mts" | "ts"))
    })
}

/// Whether a file has the settings of a profile of Spring: `application-dev.yml`.
fn is_profile(name: &str) -> bool {
    name.starts_with("application-") && [".properties", ".yaml", ".yml"].iter().any(|end| name.ends_with(end))
}

/// Whether a file is a workflow of GitHub.
pub fn is_workflow(path: &str) -> bool {
    path::parent(path) == ".github/workflows" && is_yaml(path)
}

/// Whether a file lies where manifests of Kubernetes lie.
pub fn is_manifest(path: &str) -> bool {
    let folders = ["k8s", "kubernetes", "manifests", "deploy", "deployment"];
    is_yaml(path) && path::parent(path).split('/').any(|folder| folders.contains(&folder))
}

/// Whether a file is a source that may hold routes or ports; tests are none.
pub fn is_source(path: &str) -> bool {
    let Some((stem, end)) = path::name(path).rsplit_once('.') else { return false };
    LANGUAGES.contains(&end) && !in_tests(path) && is_telling(stem, path)
}

/// Whether a file is a source of a language that is understood.
pub fn has_source_end(file: &str) -> bool {
    path::name(file).rsplit_once('.').is_some_and(|(_, end)| LANGUAGES.contains(&end))
}

/// Whether a file is a source that opens a database, by its name.
pub fn is_store(path: &str) -> bool {
    let stem = path::name(path).rsplit_once('.').map_or("", |(stem, _)| stem);
    has_source_end(path) && matches!(stem, "config" | "database" | "db" | "sqlite")
}

fn is_telling(stem: &str, path: &str) -> bool {
    let lower = stem.to_ascii_lowercase();
    // `health.controller`, `HealthController` and the file of a route of Next.js such as `health/route`
    let first = lower.split(['.', '_', '-']).next().unwrap_or_default();
    let last = lower.rsplit(['.', '_', '-']).next().unwrap_or_default();
    if matches!(last, "test" | "spec") {
        return false;
    }
    SOURCES.contains(&first)
        || lower.starts_with("health")
        || lower == "route"
        || lower.ends_with("application")
        || path::parent(path).ends_with("src/bin")
        || path::parent(path)
            .rsplit('/')
            .next()
            .is_some_and(|folder| matches!(folder, "routes" | "health" | "healthcheck"))
}

fn is_yaml(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}

#[cfg(test)]
mod tests {
    use super::{is_env_file, is_settings, is_wanted};

    #[test]
    fn environment_files() {
        for path in [
            ".env",
            "web/.env.production",
            "a/.env.local.example",
            ".env.example.sail",
            "env-example-document",
            "env.sample",
            "container.env.example",
            "example.env",
        ] {
            assert!(is_env_file(path), "{path}");
        }
        for path in [
            ".env.local",
            ".env.test",
            ".env.test.example",
            "env.d.ts",
            "env.ts",
            "tests/.env",
            "prod.env",
            "env.example.md",
        ] {
            assert!(!is_env_file(path), "{path}");
        }
    }

    #[test]
    fn settings_of_programs() {
        for path in [
            "src/config.ts",
            "app/core/config.py",
            "src/config/mail.js",
            "src/lib/env.mjs",
            "a/settings/base.py",
            "config/environments/production.rb",
            "src/mail/mail.config.ts",
        ] {
            assert!(is_settings(path), "{path}");
        }
        for path in
            ["src/env.d.ts", "config/dev.ts", "src/config.json", "tests/config.py", "src/config.test.ts", "src/cart.ts"]
        {
            assert!(!is_settings(path), "{path}");
        }
    }

    #[test]
    fn telling_files() {
        for path in ["package.json", "a/.env.sample", ".github/workflows/ci.yml", "src/server.ts", "k8s/base/api.yaml"]
        {
            assert!(is_wanted(path), "{path}");
        }
        for path in ["src/cart.ts", "README.md", "src/app.test.ts", "tests/server.js", ".env.local", "docs/a.yaml"] {
            assert!(!is_wanted(path), "{path}");
        }
    }
}

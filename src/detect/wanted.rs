//! Which files can tell something, by their path alone.

use crate::text::path;

/// Names of files that are read or whose being there tells something.
const NAMES: [&str; 52] = [
    ".drone.yml",
    ".gitlab-ci.yml",
    ".node-version",
    ".nvmrc",
    ".python-version",
    ".ruby-version",
    ".travis.yml",
    "CODEOWNERS",
    "Cargo.toml",
    "Chart.yaml",
    "Gemfile",
    "Jenkinsfile",
    "Pipfile",
    "Pipfile.lock",
    "alembic.ini",
    "angular.json",
    "artisan",
    "azure-pipelines.yml",
    "bitbucket-pipelines.yml",
    "build.gradle",
    "build.gradle.kts",
    "bun.lock",
    "bun.lockb",
    "composer.json",
    "compose.yaml",
    "compose.yml",
    "docker-compose.yaml",
    "docker-compose.yml",
    "env.example",
    "go.mod",
    "index.html",
    "kustomization.yaml",
    "kustomization.yml",
    "manage.py",
    "migrate-mongo-config.js",
    "migration_lock.toml",
    "next.config.js",
    "next.config.mjs",
    "next.config.ts",
    "package-lock.json",
    "package.json",
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    "poetry.lock",
    "pom.xml",
    "pyproject.toml",
    "requirements.txt",
    "schema.prisma",
    "turbo.json",
    "uv.lock",
    "yarn.lock",
    "config.yml",
];

/// Names of samples of environment files.
pub const ENV_SAMPLES: [&str; 6] =
    [".env.sample", ".env.example", ".env.template", ".env.dist", ".env.local.example", "env.example"];

/// What sources are called that say on which port a program listens and which routes it has.
const SOURCES: [&str; 15] = [
    "app",
    "server",
    "main",
    "index",
    "health",
    "healthcheck",
    "healthz",
    "metrics",
    "monitoring",
    "probes",
    "router",
    "routes",
    "status",
    "urls",
    "wsgi",
];

/// The ends of names of sources that are understood.
const LANGUAGES: [&str; 12] = ["cjs", "go", "java", "js", "kt", "mjs", "php", "py", "rb", "rs", "ts", "tsx"];

/// Whether a file is of interest.
pub fn is_wanted(path: &str) -> bool {
    let name = path::name(path);
    NAMES.contains(&name)
        || ENV_SAMPLES.contains(&name)
        || is_dockerfile(name)
        || name.ends_with(".tf")
        || is_workflow(path)
        || is_manifest(path)
        || is_source(path)
}

/// Whether a file is called like a Dockerfile.
pub fn is_dockerfile(name: &str) -> bool {
    matches!(name, "Dockerfile" | "Containerfile")
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
    let is_test = |folder: &str| matches!(folder, "test" | "tests" | "__tests__" | "spec" | "e2e" | "examples");
    LANGUAGES.contains(&end) && !path::parent(path).split('/').any(is_test) && is_telling(stem, path)
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
        || path::parent(path).rsplit('/').next().is_some_and(|folder| matches!(folder, "routes" | "health"))
}

fn is_yaml(path: &str) -> bool {
    path.ends_with(".yaml") || path.ends_with(".yml")
}

#[cfg(test)]
mod tests {
    use super::is_wanted;

    #[test]
    fn telling_files() {
        for path in ["package.json", "a/.env.sample", ".github/workflows/ci.yml", "src/server.ts", "k8s/base/api.yaml"]
        {
            assert!(is_wanted(path), "{path}");
        }
        for path in ["src/cart.ts", "README.md", "src/app.test.ts", "tests/server.js", ".env", "docs/a.yaml"] {
            assert!(!is_wanted(path), "{path}");
        }
    }
}

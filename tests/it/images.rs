//! Services with a Dockerfile of their own, and those without health routes: what runs follows what the image is.

use std::fs;

use scaffold::catalog::question::Values;
use scaffold::detect::detect;
use serde_json::json;
use serde_yaml::Value;
use tempfile::TempDir;

use crate::cases::{outcome, text, yaml};
use crate::repository::Repository;
use crate::support::{embedded, given, rendered, root};

fn pod(case: &str, path: &str) -> Value {
    yaml(case, path)["spec"]["template"]["spec"].clone()
}

const OWN: &str = "cases/core/services/own-dockerfiles";

#[test]
fn nothing_is_generated_into_an_image_of_its_own() {
    let outcome = outcome(OWN);
    let paths = outcome.rendered.tree.files.keys();
    let beside: Vec<&String> =
        paths.filter(|path| ["frontend/", "backend/", "jobs/"].iter().any(|folder| path.starts_with(folder))).collect();
    assert!(beside.is_empty(), "{beside:?}");
    let check = text(OWN, "scripts/check").unwrap();
    assert!(!check.contains("hadolint"), "its Dockerfiles are not ours to judge");
}

/// A web server that listens on port 80 runs without root: the port needs no privilege, and what it writes to is a volume.
#[test]
fn a_low_port_needs_no_root() {
    let pod = pod(OWN, "k8s/base/web/deployment.yaml");
    assert_eq!(pod["securityContext"]["runAsUser"], 101);
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
    let sysctl = &pod["securityContext"]["sysctls"][0];
    assert_eq!((&sysctl["name"], &sysctl["value"]), (&"net.ipv4.ip_unprivileged_port_start".into(), &"80".into()));
    let container = &pod["containers"][0];
    assert_eq!(container["ports"][0]["containerPort"], 80);
    assert_eq!(container["securityContext"]["capabilities"]["drop"][0], "ALL");
    let mounts: Vec<&str> =
        container["volumeMounts"].as_sequence().unwrap().iter().map(|m| m["mountPath"].as_str().unwrap()).collect();
    assert_eq!(mounts, ["/tmp", "/var/cache/nginx", "/run"]);
}

/// The namespace admits root only where an image wants it, and says whose; the other pods stay as strict as before.
#[test]
fn root_weakens_the_namespace_by_name() {
    let namespace = text(OWN, "k8s/base/namespace/namespace.yaml").unwrap();
    assert!(namespace.contains("The image of jobs runs as root"), "{namespace}");
    assert!(namespace.contains("enforce: baseline") && namespace.contains("warn: restricted"), "{namespace}");
    for service in ["web", "api"] {
        let pod = pod(OWN, &format!("k8s/base/{service}/deployment.yaml"));
        assert_eq!(pod["securityContext"]["runAsNonRoot"], true, "{service}");
        assert!(pod["containers"][0]["securityContext"]["capabilities"]["add"].is_null(), "{service}");
    }
    let other = text("cases/core/services/own-beside-generated", "k8s/base/namespace/namespace.yaml").unwrap();
    assert!(other.contains("enforce: restricted"), "{other}");
}

/// Without our entrypoint secrets are environment variables, unless the program reads files; a migration gets the same.
#[test]
fn secrets_come_as_the_image_takes_them() {
    for path in ["k8s/base/api/deployment.yaml", "k8s/migrations/api/job.yaml"] {
        let container = pod(OWN, path)["containers"][0].clone();
        let from =
            container["envFrom"].as_sequence().unwrap().iter().filter_map(|from| from["secretRef"]["name"].as_str());
        assert_eq!(from.collect::<Vec<_>>(), ["api", "mongodb"], "{path}");
        assert!(container["args"].is_null(), "{path}: there is no entrypoint that takes arguments");
    }
    let jobs = pod(OWN, "k8s/base/jobs/deployment.yaml");
    let from = jobs["containers"][0]["envFrom"].as_sequence().unwrap();
    assert!(from.iter().all(|from| from["secretRef"].is_null()), "{from:?}");
    let mounts = jobs["containers"][0]["volumeMounts"].as_sequence().unwrap();
    assert!(mounts.iter().any(|mount| mount["mountPath"] == "/run/secrets/app"), "{mounts:?}");
}

/// CI and the release build the same: file, context, stage and arguments.
#[test]
fn its_dockerfile_is_built_where_it_is() {
    let built =
        "docker build --tag built --file backend/Dockerfile --target production --build-arg APP_ENV=production .";
    assert!(text(OWN, ".github/workflows/ci.yml").unwrap().contains(built));
    let deploy = yaml(OWN, ".github/workflows/deploy-staging.yml");
    let build = &deploy["jobs"]["build"];
    let steps = build["steps"].as_sequence().unwrap();
    let with = &steps.iter().find(|step| step["id"] == "build").unwrap()["with"];
    let rows = build["strategy"]["matrix"]["include"].as_sequence().unwrap();
    let api = rows.iter().find(|row| row["service"] == "api").unwrap();
    for (input, key, value) in [
        ("context", "path", "."),
        ("file", "file", "backend/Dockerfile"),
        ("target", "target", "production"),
        ("build-args", "build-args", "APP_ENV=production\n"),
    ] {
        assert_eq!(with[input], format!("${{{{ matrix.{key} }}}}").as_str());
        assert_eq!(api[key], value);
    }
}

/// No probe asks a path that no route serves, and nothing else asks for it either.
#[test]
fn a_service_without_routes_is_asked_by_a_connection() {
    let case = "cases/core/services/asked-by-a-connection";
    let api = pod(case, "k8s/base/api/deployment.yaml");
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        let probe = &api["containers"][0][probe];
        assert_eq!(probe["tcpSocket"]["port"], "http");
        assert!(probe["httpGet"].is_null());
    }
    assert!(text(case, "k8s/base/api/health-route.yaml").is_none());
    let smoke = text(case, "scripts/smoke.sh").unwrap();
    assert!(smoke.contains("\n  answers api /api\n") && smoke.contains("\n  healthy web web /healthz\n"), "{smoke}");
    let jobs = pod(case, "k8s/base/jobs/deployment.yaml")["containers"][0].clone();
    assert!(["startupProbe", "livenessProbe", "readinessProbe", "ports"].iter().all(|key| jobs[key].is_null()));
    assert!(!text(case, "k8s/overlays/prod/services/jobs/config.env").unwrap().contains("PORT="));
    for case in [case, "cases/core/services/asked-at-the-gateway"] {
        for (path, file) in &outcome(case).rendered.tree.files {
            let text = String::from_utf8_lossy(&file.bytes);
            assert!(!text.contains("/readyz") || text.contains("web"), "{case}: {path} asks for /readyz");
        }
    }
}

/// `scripts/check-env.sh` refuses a variable of the sample that no manifest sets.
#[test]
fn a_port_is_a_variable_only_where_a_service_listens() {
    let sample = |case: &str| text(case, ".env.sample").unwrap();
    assert!(!sample("cases/core/services/nothing-listens").contains("\nPORT="));
    assert!(sample("cases/core/services/asked-by-a-connection").contains("\nPORT="));
}

/// A volume has a place of its own, and hides nothing that the image or the pod needs.
#[test]
fn writable_folders_are_free() {
    let refusal = |folder: &str| {
        let services = serde_json::json!([{"name": "api", "image": "own", "writable": [folder]}]);
        rendered(&given("mongodb-self-hosted-on-aws", &[("services", services)])).err().map(|e| format!("{e:#}"))
    };
    for folder in ["/tmp", "/run/secrets/app", "/etc/mongodb", "/etc", "/tmp/.", "/a/../tmp", "/", "tmp"] {
        assert!(refusal(folder).is_some_and(|why| why.contains("writable")), "{folder}");
    }
    for folder in ["/app/.next/cache", "/var/cache/nginx", "/run"] {
        assert_eq!(refusal(folder), None);
    }
}

/// A generated Dockerfile that becomes the service's own stays, edited or not, with what it copies.
#[test]
fn a_generated_dockerfile_can_become_its_own() {
    for edited in [false, true] {
        let shop = Repository::built_in();
        if edited {
            shop.append("apps/api/Dockerfile", "LABEL team=shop");
        }
        let has_label = || shop.file("apps/api/Dockerfile").contains("LABEL team=shop");
        let exists = |name: &str| shop.path().join("apps/api").join(name).exists();
        let said = shop.update(0, &["services.api.image=own"]);
        for name in ["Dockerfile", ".dockerignore", "docker-entrypoint.sh"] {
            assert!(exists(name), "{name}: {said}");
        }
        assert_eq!(has_label(), edited);
        shop.update(0, &["services.api.image=generated"]);
        assert_eq!(has_label(), edited);
        // with another Dockerfile the generated one has no purpose
        shop.write("apps/api/Dockerfile.prod", "FROM scratch\n");
        shop.update(0, &["services.api.image=own", "services.api.dockerfile=apps/api/Dockerfile.prod"]);
        assert_eq!(exists("Dockerfile"), edited);
        assert!(!exists("docker-entrypoint.sh"));
    }
}

/// Commands and versions that are defaults of the language follow it; those that were answered stay.
#[test]
fn defaults_of_a_language_follow_it() {
    let shop = Repository::built_in();
    let api = || service(&shop.file(".scaffold/answers.yaml"), "api");
    shop.update(0, &["services.api.test=npm run check"]);
    let said = shop.update(0, &["services.api.language=go"]);
    let followed =
        "With the other answers these defaults change: `services.api.language_version` from `24` to `1.27`, ";
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains(followed) && said.contains("`services.api.typecheck` from `npm run typecheck` to"), "{said}");
    assert_eq!(api()["build"], "go build -trimpath -o bin/app .");
    assert_eq!(api()["language_version"], "1.27");
    assert_eq!(api()["test"], "npm run check");
    // what is set in the same breath counts, even where it is the value of before
    shop.update(0, &["services.api.language=node", "services.api.lint=go vet ./..."]);
    assert_eq!(api()["lint"], "go vet ./...");
    assert_eq!(api()["build"], "npm run build");
}

/// What was said stays when the answers behind it change, even where it was the default at that time.
#[test]
fn what_was_said_does_not_follow_the_default() {
    let shop = Repository::built_in();
    let answers = || shop.file(".scaffold/answers.yaml");
    let api = || service(&answers(), "api");
    shop.update(
        0,
        &[
            "services.api.kind=web",
            "services.api.language=node",
            "services.api.database=false",
            "services.api.route=/api",
        ],
    );
    assert!(answers().ends_with(
        "#? Chosen, and what the default is as well: they stay when the default changes.\nchosen:\n- services.api.database\n"
    ));
    shop.update(0, &["services.api.kind=api"]);
    assert_eq!(api()["database"], false);
    assert!(!answers().contains("- services.api.database"), "the default of an API is another one");
}

/// What was said is known to be said through other answers and back, through a time in which it is not asked, under another
/// name, and in another project.
#[test]
fn what_was_said_is_remembered() {
    let start = "services.api.start=node dist/server.js";
    for between in [
        &[&["services.api.language=go"][..], &["services.api.language=node"]][..],
        &[&["services.api.image=own"], &["services.api.image=generated"]],
        &[&["services.api.name=core", "services.core.path=apps/api"], &["services.core.name=api"]],
    ] {
        let shop = Repository::built_in();
        shop.update(0, &[start]);
        between.iter().for_each(|sets| drop(shop.update(0, sets)));
        shop.update(0, &["services.api.language=go"]);
        assert_eq!(service(&shop.file(".scaffold/answers.yaml"), "api")["start"], "node dist/server.js", "{between:?}");
    }
    let shop = Repository::built_in();
    shop.update(0, &[start]);
    let record = shop.path().join(".scaffold/answers.yaml");
    let other = Repository::built_in();
    other.says(0, &["update", "--yes", "--answers", record.to_str().unwrap(), "--set", "services.api.language=go"]);
    let api = service(&other.file(".scaffold/answers.yaml"), "api");
    assert_eq!(api["start"], "node dist/server.js");
    assert_eq!(api["language_version"], "1.27", "a default that was only recorded is not said");
}

/// Empty commands are not what the default of a language is.
#[test]
fn an_image_from_elsewhere_and_back_keeps_commands() {
    let shop = Repository::built_in();
    let api = || service(&shop.file(".scaffold/answers.yaml"), "api");
    shop.update(0, &["services.api.lint=", "services.api.test=npm run check"]);
    let before = api();
    let image = "registry.example.com/acme/api@sha256:6ea7bdb0f53cbf24bb2e4a4a4e5dd9a5b3ed3f1e0e1a2d5c7b8f90a1b2c3d4e5";
    shop.update(
        0,
        &["services.api.image=existing", &format!("services.api.reference={image}"), "services.api.migrate="],
    );
    assert!(api().get("lint").is_none());
    shop.update(0, &["services.api.image=generated"]);
    let mut after = api();
    after["migrate"] = before["migrate"].clone();
    assert_eq!(after, before);
}

fn service(answers: &str, name: &str) -> Value {
    let answers: Value = serde_yaml::from_str(answers).unwrap();
    let services = answers["services"].as_sequence().unwrap().clone();
    services.into_iter().find(|service| service["name"] == name).unwrap()
}

/// What a preset or the folder says of a service has no meaning any more once `--set` changes what it hangs on.
#[test]
fn a_set_field_takes_what_hangs_on_it_along() {
    let shop = Repository::answered(&["services.api.database=false"]);
    let answers = shop.file(".scaffold/answers.yaml");
    assert!(!answers.contains("migrate-mongo"), "{answers}");
}

#[test]
fn what_an_image_of_its_own_cannot_be_is_refused_in_one_sentence() {
    let shop = Repository::built_in();
    let refused = |sets: &[&str]| {
        let said = shop.update(2, &[&["services.api.image=own"], sets].concat());
        said.lines()
            .filter(|line| line.contains("answer `") || line.contains("there is no"))
            .collect::<Vec<_>>()
            .join("\n")
    };
    insta::assert_snapshot!(refused(&["services.api.path=/api"]), @"error: answer `services.1.path` is `/api`, which is not a relative path of letters, digits, `.`, `_` and `-` such as `apps/api`");
    insta::assert_snapshot!(refused(&["services.api.build_args=[ENV=a, ENV=b]"]), @r#"error: answer `services.1.build_args` is `["ENV=a","ENV=b"]`, which gives an argument two values"#);
    insta::assert_snapshot!(refused(&["services.api.build_args=[ENV=a b]"]), @r#"error: answer `services.1.build_args` is `["ENV=a b"]`, where `ENV=a b` is not NAME=VALUE such as `APP_ENV=production`, with a value of letters, digits and `_.:/@+,%-`"#);
    insta::assert_snapshot!(refused(&["services.api.test=", "services.api.coverage_file=lcov.info"]), @"error: answer `services.1.coverage_file` is `lcov.info`, which is written by no command, as `test` is empty");
}

const ELSEWHERE: &str = "cases/core/services/image-from-elsewhere";

/// An image that is built elsewhere is named by digest in the base, and neither built, promoted nor kept in a registry of ours.
#[test]
fn an_image_from_elsewhere_is_only_run() {
    let image = "registry.example.com/acme/search:2.4.1@sha256:6ea7bdb0f53cbf24bb2e4a4a4e5dd9a5b3ed3f1e0e1a2d5c7b8f90a1b2c3d4e5";
    for path in
        ["k8s/base/search/deployment.yaml", "k8s/base/indexer/deployment.yaml", "k8s/migrations/search/job.yaml"]
    {
        let pod = pod(ELSEWHERE, path);
        assert_eq!(pod["containers"][0]["image"], image, "{path}");
        assert_eq!(pod["securityContext"]["runAsUser"], 1000, "{path}");
        assert!(!text(ELSEWHERE, path).unwrap().contains("CKV_K8S_43"), "{path}: the digest is here");
    }
    for path in [
        ".github/workflows/ci.yml",
        ".github/workflows/deploy-staging.yml",
        ".github/dependabot.yml",
        "infra/terraform/registry/main.tf",
        "scripts/set-images.sh",
        "scripts/prod_preflight.sh",
    ] {
        let text = text(ELSEWHERE, path).unwrap();
        assert!(!text.contains("search") && !text.contains("indexer"), "{path}: {text}");
    }
    assert!(text(ELSEWHERE, "scripts/check-images.sh").unwrap().contains("public.ecr.aws registry.example.com\""));
}

#[test]
fn what_builds_an_image_goes_with_no_image_from_elsewhere() {
    let refusal = |more: serde_json::Value| {
        let mut search = serde_json::json!({"name": "search", "kind": "api", "image": "existing",
            "reference": format!("ghcr.io/acme/search@sha256:{}", "0".repeat(64))});
        search.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let api = serde_json::json!({"name": "api", "kind": "api", "language": "node", "path": "apps/api"});
        let services = serde_json::json!([api, search]);
        rendered(&given("mongodb-atlas-on-aws", &[("services", services)])).err().map(|e| format!("{e:#}"))
    };
    assert_eq!(refusal(serde_json::json!({})), None);
    for (more, reason) in [
        (serde_json::json!({"language": "node"}), "`search` names a `language`, and its image is built elsewhere"),
        (serde_json::json!({"path": "search"}), "an image of its own"),
        (
            serde_json::json!({"reference": format!("444455556666.dkr.ecr.eu-central-1.amazonaws.com/shop/search@sha256:{}", "0".repeat(64))}),
            "where pipelines of this repository put what they build",
        ),
        (serde_json::json!({"test": "npm test"}), "an image that is built here"),
        (serde_json::json!({"reference": "ghcr.io/acme/search:1.4"}), "is not REGISTRY/NAME@sha256:DIGEST"),
        (
            serde_json::json!({"reference": format!("search@sha256:{}", "0".repeat(64))}),
            "is not REGISTRY/NAME@sha256:DIGEST",
        ),
        (serde_json::json!({"reference": format!("ghcr.io/a/b:latest@sha256:{}", "0".repeat(64))}), "`latest`"),
    ] {
        let refused = refusal(more.clone()).unwrap_or_else(|| panic!("{more} is accepted"));
        assert!(refused.contains(reason), "{more}: {refused}");
    }
    let alone = serde_json::json!([{"name": "search", "kind": "api", "image": "existing",
        "reference": format!("ghcr.io/acme/search@sha256:{}", "0".repeat(64))}]);
    let refused =
        rendered(&given("mongodb-atlas-on-aws", &[("services", alone)])).err().map(|e| format!("{e:#}")).unwrap();
    assert!(refused.contains("every service runs an image that is built elsewhere"), "{refused}");
}

/// Dockerfiles as people have them: what is answered, what is said, and as which user the pod runs.
#[test]
fn dockerfiles_of_every_sort_are_followed() {
    let start = "CMD [\"node\", \"server.js\"]\n";
    for (text, wanted, said, user) in [
        (
            "FROM node:24\nUSER root\nEXPOSE 3000\nCMD [\"node\", \"server.js\"]".to_owned(),
            json!({"user": 0, "port": 3000}),
            "",
            Some(0),
        ),
        (
            "FROM nginx:1.29\nCOPY . /usr/share/nginx/html\nEXPOSE 80".to_owned(),
            json!({"user": 101, "port": 80, "writable": ["/var/cache/nginx", "/var/run"]}),
            "",
            Some(101),
        ),
        (
            "FROM node:24\nUSER node\nCMD node server.js | tee log".to_owned(),
            json!({"user": 1000, "port": 3000, "command": null}),
            "",
            Some(1000),
        ),
        (format!("FROM node:24\nUSER 1001:0\n{start}"), json!({"user": 1001, "port": 3000}), "", Some(1001)),
        (
            "FROM gcr.io/distroless/nodejs24-debian12:nonroot\nCMD [\"/app/server.js\"]".to_owned(),
            json!({"user": 65532}),
            "",
            Some(65532),
        ),
        (
            format!(
                "FROM node:24 AS base\nFROM base AS production\nUSER node\n{start}FROM base AS development\nCMD npm run dev"
            ),
            json!({"user": 1000, "target": "production"}),
            "",
            Some(1000),
        ),
        (format!("ARG NODE=24\nFROM node:${{NODE}}-alpine\nUSER node\n{start}"), json!({"user": 1000}), "", Some(1000)),
        (
            format!("FROM node:24\nONBUILD USER root\nONBUILD EXPOSE 1\nUSER 1000\n{start}"),
            json!({"user": 1000, "port": 3000}),
            "",
            Some(1000),
        ),
        (
            format!("FROM node:24\nRUN <<EOF\nUSER root\nEXPOSE 1\nEOF\nUSER 1000\n{start}"),
            json!({"user": 1000, "port": 3000}),
            "",
            Some(1000),
        ),
        (
            format!("FROM node:24\nARG U\nUSER ${{U}}\n{start}"),
            json!({"image": "own", "user": null}),
            "`user` is 10001",
            Some(10001),
        ),
        (
            "FROM node:24\nCMD [\"npm\", \"run\", \"dev\"]".to_owned(),
            json!({"image": null, "start": "node server.js"}),
            "starts no program for production",
            None,
        ),
    ] {
        let dir = TempDir::new().unwrap();
        let package =
            r#"{"name": "app", "scripts": {"start": "node server.js"}, "dependencies": {"express": "5.1.0"}}"#;
        let server = "const app = require('express')();\napp.listen(3000);\n";
        for (file, text) in [
            ("package.json", package),
            ("package-lock.json", "{}"),
            ("server.js", server),
            ("Dockerfile", text.as_str()),
        ] {
            fs::write(dir.path().join(file), text).unwrap();
        }
        let found = detect(embedded(), dir.path(), &Values::new()).unwrap();
        let services = &found.answers["services"].value;
        for (field, value) in wanted.as_object().unwrap() {
            assert_eq!(services[0].get(field).unwrap_or(&json!(null)), value, "{field}: {text}");
        }
        assert_eq!(services[0]["image"] == "own", user.is_some(), "{text}");
        let notes: Vec<String> = found.notes.iter().map(ToString::to_string).collect();
        assert!(notes.iter().any(|note| note.contains(said)) || said.is_empty(), "{text}: {notes:?}");
        assert!(!said.is_empty() || notes.is_empty(), "{text}: {notes:?}");
        let (_, _, rendered) =
            rendered(&given("mongodb-self-hosted-on-aws", &[("services", services.clone())])).unwrap();
        let file = &rendered.tree.files["k8s/base/app/deployment.yaml"];
        let deployment: Value = serde_yaml::from_slice(&file.bytes).unwrap();
        let context = &deployment["spec"]["template"]["spec"]["securityContext"];
        let as_user = context["runAsUser"].as_u64();
        assert!(user.is_none() || as_user == user, "{text}: {as_user:?}");
    }
}

/// The mounts of a Dockerfile's commands, each with its command.
fn steps(dockerfile: &str) -> Vec<String> {
    let joined = dockerfile.replace("\\\n ", "");
    joined.lines().filter_map(|line| line.strip_prefix("RUN ")).map(str::to_owned).collect()
}

#[test]
fn secrets_of_a_build_are_variables_of_its_steps_and_in_no_layer() {
    let case = |name: &str| format!("cases/languages/{name}");
    for (name, dockerfile, secret, commands) in [
        ("go/api-and-worker", "api/Dockerfile", "GOPROXY", &["go mod download", "go build"][..]),
        ("java-gradle/quarkus", "api/Dockerfile", "ORG_GRADLE_PROJECT_mavenPassword", &["./gradlew"]),
        ("java-maven/spring-boot", "api/Dockerfile", "MAVEN_TOKEN", &["./mvnw"]),
        ("dotnet/api", "src/Api/Dockerfile", "NUGET_TOKEN", &["dotnet restore"]),
        ("rust/api", "Dockerfile", "CARGO_REGISTRIES_ACME_TOKEN", &["cargo build"]),
        ("ruby/rails", "web/Dockerfile", "BUNDLE_GEMS__ACME__DEV", &["bundle install"]),
        ("php/laravel", "Dockerfile", "COMPOSER_AUTH", &["composer install", "npm ci", "npm run build"]),
        ("python/alone", "api/Dockerfile", "PIP_EXTRA_INDEX_URL", &["pip install", "compileall"]),
        ("python/uv", "api/Dockerfile", "UV_INDEX_ACME_PASSWORD", &["uv sync"]),
        ("python/poetry", "api/Dockerfile", "POETRY_HTTP_BASIC_ACME_PASSWORD", &["poetry install --only"]),
        ("python/pipenv", "Dockerfile", "PYPI_TOKEN", &["pipenv sync"]),
        (
            "node/pnpm-workspace",
            "apps/api/Dockerfile",
            "SENTRY_AUTH_TOKEN",
            &["npm install --global", "pnpm install", "turbo run build"],
        ),
        ("node/yarn", "api/Dockerfile", "NPM_TOKEN", &["yarn install", "yarn workspaces focus"]),
    ] {
        let text = text(&case(name), dockerfile).unwrap_or_else(|| panic!("{name} has no {dockerfile}"));
        let mount = format!("--mount=type=secret,id={secret},env={secret} ");
        let steps = steps(&text);
        for command in commands {
            let those: Vec<&String> = steps.iter().filter(|step| step.contains(command)).collect();
            assert!(!those.is_empty(), "{name}: nothing runs {command}\n{text}");
            assert!(those.iter().all(|step| step.contains(&mount)), "{name}: {command} lacks {secret}\n{text}");
        }
        assert!(!text.contains(&format!("ARG {secret}")) && !text.contains(&format!("ENV {secret}")), "{name}\n{text}");
    }
}

/// A language whose Dockerfile passes none would leave the answer without effect.
#[test]
fn every_language_takes_secrets_of_its_build() {
    let languages = root().join("templates/components/languages");
    let mut count = 0;
    for language in fs::read_dir(languages).unwrap().map(|entry| entry.unwrap().path()) {
        let Ok(text) = fs::read_to_string(language.join("files/__service_path__/Dockerfile.j2")) else { continue };
        let mounts = text.contains("secret_mounts(service)") || text.contains("<%= build(service, ");
        assert!(text.contains("secret_comment(service)") && mounts, "{}", language.display());
        count += 1;
    }
    assert!(count >= 10, "{count}");
}

/// Only the steps that install packages or build an image have the secrets, and each image only its own.
#[test]
fn pipelines_pass_secrets_of_builds_to_the_steps_that_need_them() {
    let case = "cases/core/services/variables";
    let ci = yaml(case, ".github/workflows/ci.yml");
    assert_eq!(ci["on"]["workflow_call"]["secrets"].as_mapping().unwrap().len(), 2);
    let mut with_secret = Vec::new();
    for (job, of_job) in ci["jobs"].as_mapping().unwrap() {
        assert!(of_job["env"].is_null());
        for step in of_job["steps"].as_sequence().into_iter().flatten() {
            let name = step["name"].as_str().unwrap_or_default();
            for (variable, value) in step["env"].as_mapping().into_iter().flatten() {
                let (variable, value) = (variable.as_str().unwrap(), value.as_str().unwrap_or_default());
                if value == format!("${{{{ secrets.{variable} }}}}") {
                    with_secret.push(format!("{} {name} {variable}", job.as_str().unwrap()));
                } else if value.contains("secrets.") {
                    assert_eq!(
                        (name, value),
                        (
                            "Secrets of the image build are there",
                            format!("${{{{ secrets.{variable} != '' }}}}").as_str()
                        )
                    );
                }
            }
        }
    }
    let wanted = [
        "service-web Install NPM_TOKEN",
        "service-web Image builds NPM_TOKEN",
        "service-api Install NPM_TOKEN",
        "service-api Install SENTRY_AUTH_TOKEN",
        "service-api Image builds NPM_TOKEN",
        "service-api Image builds SENTRY_AUTH_TOKEN",
        "service-admin Install NPM_TOKEN",
        "service-admin Image builds NPM_TOKEN",
    ];
    assert_eq!(with_secret, wanted);
    let text = text(case, ".github/workflows/ci.yml").unwrap();
    let build = "docker build --tag built --secret id=NPM_TOKEN,env=NPM_TOKEN --file apps/admin/Dockerfile ";
    assert!(text.contains(build), "{text}");

    let deploy = yaml(case, ".github/workflows/deploy-staging.yml");
    let passed = deploy["jobs"]["ci"]["secrets"].as_mapping().unwrap();
    assert_eq!(passed.len(), 2, "what is called has no secrets of its own");
    let build = &deploy["jobs"]["build"];
    let step = build["steps"].as_sequence().unwrap().iter().find(|step| step["id"] == "build").unwrap();
    assert_eq!(step["with"]["secret-envs"], "${{ matrix.secret-envs }}");
    let rows = build["strategy"]["matrix"]["include"].as_sequence().unwrap();
    let of = |service: &str| rows.iter().find(|row| row["service"] == service).unwrap()["secret-envs"].clone();
    assert_eq!(of("api"), "NPM_TOKEN=NPM_TOKEN\nSENTRY_AUTH_TOKEN=SENTRY_AUTH_TOKEN\n");
    assert_eq!(of("admin"), "NPM_TOKEN=NPM_TOKEN\n");
    assert!(of("reports").is_null());

    // the pods have none of them
    let tree = &outcome(case).rendered.tree.files;
    for (path, file) in tree.iter().filter(|(path, _)| path.starts_with("k8s/") || path.ends_with(".env.sample")) {
        assert!(!String::from_utf8_lossy(&file.bytes).contains("NPM_TOKEN"), "{path}");
    }
}

#[test]
fn a_secret_of_a_build_is_nothing_else() {
    let refusal = |field: &str, value: serde_json::Value| {
        let mut service = json!({"name": "api", "image": "own", "language": "node", "build_secrets": ["NPM_TOKEN"]});
        service[field] = value;
        rendered(&given("mongodb-atlas-on-aws", &[("services", json!([service]))])).err().map(|e| format!("{e:#}"))
    };
    assert_eq!(refusal("size", json!("small")), None);
    for (field, value, why) in [
        ("secrets", json!(["NPM_TOKEN"]), "which names one of `secrets` or `optional_secrets` again"),
        ("optional_secrets", json!(["NPM_TOKEN"]), "which names one of `secrets` or `optional_secrets` again"),
        ("variables", json!({"NPM_TOKEN": "x"}), "which names one of `variables` again"),
        ("build_args", json!(["NPM_TOKEN=x"]), "which names one of `build_args` again"),
        ("build_secrets", json!(["GITHUB_TOKEN"]), "begins with `GITHUB_`"),
        ("image", json!("existing"), "an image that is built here"),
    ] {
        let said = refusal(field, value);
        assert!(said.as_deref().is_some_and(|said| said.contains(why)), "{field}: {said:?}");
    }
}

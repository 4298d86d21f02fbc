//! What is known about base images: their users, their ports, where they write, and whether they run anything.

use super::compose::Build;
use super::dockerfile::{Stage, is_image};
use super::finding::{Finding, Location};
use crate::text::path;

/// Numbers of users that images name: a part of the image, a part of its tag, the name, the number. Each is in the Dockerfile
/// of that image, or in `/etc/passwd` of its distribution.
const USERS: [(&str, &str, &str, u32); 17] = [
    ("", "", "root", 0),
    ("", "", "nobody", 65534),
    ("", "alpine", "www-data", 82),
    ("", "", "www-data", 33),
    ("", "", "nonroot", 65532),
    // github.com/nodejs/docker-node
    ("node", "", "node", 1000),
    // github.com/oven-sh/bun
    ("bun", "", "bun", 1000),
    // github.com/denoland/deno_docker
    ("deno", "", "deno", 1993),
    // github.com/nginx/docker-nginx
    ("nginx", "", "nginx", 101),
    // github.com/nginx/docker-nginx-unprivileged
    ("nginx-unprivileged", "", "nginx", 101),
    // github.com/dotnet/dotnet-docker: APP_UID
    ("dotnet", "", "app", 1654),
    // github.com/docker-library/postgres and mongo, valkey and redis
    ("postgres", "alpine", "postgres", 70),
    ("postgres", "", "postgres", 999),
    ("mongo", "", "mongodb", 999),
    // github.com/docker-library/ruby has none, Rails makes its own
    ("gradle", "", "gradle", 1000),
    ("jetty", "", "jetty", 999),
    ("ubuntu", "", "ubuntu", 1000),
];

/// What an image is without any instruction.
pub struct Base {
    /// A part of its path.
    pub image: &'static str,
    /// A part of its tag.
    tag: &'static str,
    pub user: Option<u32>,
    pub port: Option<u16>,
    pub writable: &'static [&'static str],
}

const fn of(
    image: &'static str,
    tag: &'static str,
    user: Option<u32>,
    port: Option<u16>,
    writable: &'static [&'static str],
) -> Base {
    Base { image, tag, user, port, writable }
}

const BASES: [Base; 13] = [
    of("nginx-unprivileged", "", Some(101), Some(8080), &[]),
    // The documentation of the image (github.com/docker-library/docs): these are where it writes.
    of("nginx", "", Some(101), Some(80), &["/var/cache/nginx", "/var/run"]),
    of("distroless", "nonroot", Some(65532), None, &[]),
    of("chainguard", "", Some(65532), None, &[]),
    of("dotnet", "chiseled", Some(1654), Some(8080), &[]),
    of("aspnet", "", None, Some(8080), &[]),
    of("bitnami", "", Some(1001), None, &[]),
    // These want root: they bind a low port before they become another user, or their program has capabilities.
    of("php", "apache", Some(0), Some(80), &[]),
    of("httpd", "", Some(0), Some(80), &[]),
    of("caddy", "", Some(0), Some(80), &[]),
    of("frankenphp", "", Some(0), Some(80), &[]),
    of("wordpress", "", Some(0), Some(80), &[]),
    of("tomcat", "", Some(0), Some(8080), &[]),
];

/// Images that run nothing by themselves.
const TOOLS: [&str; 17] = [
    "alpine",
    "amazoncorretto",
    "bun",
    "debian",
    "deno",
    "eclipse-temurin",
    "fedora",
    "golang",
    "node",
    "openjdk",
    "php",
    "python",
    "ruby",
    "rust",
    "sdk",
    "ubuntu",
    "devcontainers",
];

/// What the image of a stage is without any instruction.
pub fn base(stage: &Stage) -> Option<&'static Base> {
    BASES.iter().find(|base| is_image(&stage.base, base.image, base.tag))
}

/// Whether an image runs nothing by itself.
pub fn only_tools(image: &str) -> bool {
    let name = image.split(['@', ':']).next().unwrap_or_default();
    name.split('/').any(|part| TOOLS.contains(&part)) && !is_image(image, "php", "apache")
        || is_image(image, "php", "cli")
}

/// The number of the user: of a compose file for production, else of the Dockerfile or its base. None where neither says a number that is known.
pub fn user(file: &str, stage: &Stage, run: Option<&Build>) -> Option<Finding<u32>> {
    if let Some((build, user)) = run.and_then(|build| Some((build, build.run.user?))) {
        return Some(Finding::new(user, build.place.clone()));
    }
    let Some((written, line)) = &stage.user else {
        if wants_root(stage) {
            let line = stage.start.as_ref().or(stage.entry_point.as_ref()).map_or(stage.line, |(_, line)| *line);
            return Some(Finding::new(0, Location::new(file, Some(line))));
        }
        let of_base = base(stage).and_then(|base| base.user);
        return of_base.map(|user| Finding::new(user, Location::new(file, Some(stage.line))));
    };
    let name = written.split(':').next().unwrap_or_default();
    let of_image = || {
        let known = USERS.iter().find(|(image, tag, user, _)| *user == name && is_image(&stage.base, image, tag));
        known.map(|(.., number)| *number)
    };
    let number = name.parse().ok().or_else(|| stage.made.get(name).copied()).or_else(of_image);
    number.filter(|number| *number <= 65535).map(|number| Finding::new(number, Location::new(file, Some(*line))))
}

/// Programs that are started as root and start others as other users: also web servers that were installed, as only their
/// own images are made for other users.
pub fn wants_root(stage: &Stage) -> bool {
    let is_own = base(stage).is_some_and(|base| base.port.is_some());
    let commands = stage.commands.iter();
    let mut words = commands.flat_map(|text| text.split(|c: char| !(c.is_ascii_alphanumeric() || "-._/".contains(c))));
    words.any(|word| match path::name(word) {
        "supervisord" | "apache2-foreground" | "s6-svscan" | "my_init" => true,
        "apache2ctl" | "httpd" | "nginx" => !is_own,
        _ => false,
    })
}

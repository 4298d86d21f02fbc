#!/usr/bin/env python3
"""Carries out generated Dockerfiles, instruction by instruction, on the small services beside this file.

There is no registry: a base image is a folder with the system of this machine, whose Node.js, nginx, Java, Maven, PHP, Composer and
Ruby are those of Debian, or with the compiler that the image brings. What is real are the instructions, docker-entrypoint.sh,
the health check, and the user and read-only root file system of the pods. Instructions that need the real base are printed as not
carried out. Needs root, for mounts of its own. Usage: run.py SCAFFOLD [OPTION...], with `go` of requirements.txt beside this Python.
"""

import copy
import glob
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SYSTEM = ["bin", "sbin", "lib", "lib64", "libexec", "include", "share"]
# Settings of programs that are in SYSTEM.
SETTINGS = ["alternatives", "java-17-openjdk", "maven", "nginx", "php"]
SECRETS = "run/secrets/app"

# Answers of a service beside its language, and instructions that need what only the real base image has.
LANGUAGES = {
    "go": ({}, []),
    "rust": ({}, []),
    "node": ({"start": "node dist/server.js"}, []),
    "python": ({}, []),
    "static": ({}, []),
    "ruby": ({"start": "bundle exec ruby server.rb"}, ["apt-get"]),
    "php": ({"start": "php server.php", "assets": "npm run build"}, ["install-php-extensions"]),
    "java_maven": ({"start": "java -XX:MaxRAMPercentage=75 -XX:+ExitOnOutOfMemoryError -jar quarkus-run.jar"}, []),
}


mounted = []


def bind(source, target, options="rw"):
    target.mkdir(parents=True, exist_ok=True)
    mounted.append(target)
    subprocess.run(["mount", "--bind", source, target], check=True)
    subprocess.run(["mount", "-o", f"remount,bind,{options}", target], check=True)


def compiler(image):
    """The folder of a compiler here, its place in the image, and the variables of the image."""
    if "/golang:" in image:
        import go  # the folder of the package is GOROOT

        return Path(go.__path__[0]), "usr/local/go", {"PATH": "/usr/local/go/bin:/usr/bin:/bin", "GOPATH": "/go"}
    if "/rust:" in image:
        sysroot = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, check=True)
        return Path(sysroot.stdout.strip()), "usr/local/rustup", {
            "PATH": "/usr/local/rustup/bin:/usr/bin:/bin", "CARGO_HOME": "/usr/local/cargo", "RUSTC": "/usr/local/rustup/bin/rustc"}
    if "/python:" in image:
        return Path(sys.base_prefix), "usr/local/python", {"PATH": "/usr/local/python/bin:/usr/local/bin:/usr/bin:/bin"}
    return None


class Stage:
    def __init__(self, image, root):
        self.root, self.workdir, self.user, self.health, self.entrypoint, self.cmd = root, "/", "0:0", None, [], []
        self.env = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin", "HOME": "/root"}
        for name in SYSTEM:
            if Path("/usr", name).exists():
                bind(f"/usr/{name}", root / "usr" / name, "ro")
                (root / name).symlink_to(f"usr/{name}")
        for name in ["usr/local/bin", "etc/ssl/certs", "root", "tmp", SECRETS]:
            (root / name).mkdir(parents=True, exist_ok=True)
        (root / "tmp").chmod(0o1777)
        for name in ["ld.so.cache", "passwd", "group", "nsswitch.conf", "ssl/certs/ca-certificates.crt"]:
            if Path("/etc", name).exists():
                shutil.copy(f"/etc/{name}", root / "etc" / name)
        (root / "dev").mkdir()
        for name in ["stdout", "stderr"]:
            (root / "dev" / name).symlink_to(f"/proc/self/fd/{1 if name == 'stdout' else 2}")
        # Debian's Composer finds its classes from where it is copied to
        (root / "usr/local/share").mkdir(exist_ok=True)
        (root / "usr/local/share/php").symlink_to("/usr/share/php")
        for name in SETTINGS:
            if Path("/etc", name).exists():
                shutil.copytree(f"/etc/{name}", root / "etc" / name, symlinks=True, ignore_dangling_symlinks=True)
        bind("/proc", root / "proc", "ro")
        for name in ["null", "urandom"]:
            file = root / "dev" / name
            file.touch()
            mounted.append(file)
            subprocess.run(["mount", "--bind", f"/dev/{name}", file], check=True)
        if found := compiler(image):
            folder, place, variables = found
            bind(folder, root / place, "ro")
            self.env |= variables
        if "nginx" in image:
            # what the image serves; the folder above belongs to this machine
            (root / "html").mkdir()
            bind(root / "html", root / "usr/share/nginx")
            (root / "usr/share/nginx/html").mkdir()

    def extended(self, root):
        """The base of another stage."""
        stage = copy.copy(self)
        stage.root, stage.env = root, dict(self.env)
        places = {str(place) for place in mounted}
        shutil.copytree(self.root, root, symlinks=True, ignore=lambda folder, names: [n for n in names if f"{folder}/{n}" in places])
        for place in [place for place in mounted if place.is_relative_to(self.root)]:
            target = root / place.relative_to(self.root)
            target.mkdir(parents=True, exist_ok=True) if place.is_dir() else target.touch()
            subprocess.run(["mount", "--bind", place, target], check=True)
            mounted.append(target)
        return stage

    def command(self, words):
        """A command in the image, as its user."""
        return [shutil.which("chroot"), f"--userspec={self.user}", self.root, "/bin/sh", "-c", 'cd "$0" && exec "$@"', self.workdir, *words]

    def path(self, text):
        place = self.root / os.path.join(self.workdir, text).lstrip("/")
        return place

    def copy(self, words, context, stages):
        origin, mode = context, None
        while words[0].startswith("--"):
            name, value = words.pop(0).split("=")
            if name == "--from":
                origin = stages[value].root
            elif name == "--chmod":
                mode = int(value, 8)
            else:
                raise SystemExit(f"COPY {name} is not understood")
        *sources, target = words
        found = [Path(path) for source in sources for path in glob.glob(f"{origin}/{source.lstrip('/')}")]
        assert found, f"COPY finds none of {sources}"
        place = self.path(target)
        for source in found:
            if source.is_dir():
                shutil.copytree(source, place, symlinks=True, dirs_exist_ok=True)
                continue
            file = place / source.name if target.endswith("/") or place.is_dir() else place
            file.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, file)
            if mode is not None:
                file.chmod(mode)

    def run(self, text, caches):
        while text.startswith("--mount="):
            mount, text = text.split(None, 1)
            options = dict(option.split("=") for option in mount.removeprefix("--mount=").split(",") if "=" in option)
            # a secret that is not given is not there
            if options["type"] == "cache":
                cache = caches / re.sub(r"\W", "-", options.get("id", options["target"]))
                cache.mkdir(parents=True, exist_ok=True)
                bind(cache, self.path(options["target"]))
        subprocess.run(self.command(["/bin/sh", "-c", text]), env=self.env, check=True)


def built(folder, world, skipped):
    """The last stage of the Dockerfile in a folder, and the instructions that were not carried out."""
    text = (folder / "Dockerfile").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    stages, stage, left = {}, None, []
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        if not line.strip():
            continue
        word, rest = line.split(None, 1)
        if word == "FROM":
            image, *name = rest.split()
            root = world / f"stage-{len(stages)}"
            stage = stages[image].extended(root) if image in stages else Stage(image, root)
            stages[name[1] if name else ""] = stage
        elif word == "ENV":
            pairs = dict(pair.split("=", 1) for pair in shlex.split(rest))
            stage.env |= {name: re.sub(r"\$(\w+)", lambda found: stage.env[found[1]], value) for name, value in pairs.items()}
        elif word == "WORKDIR":
            stage.workdir = rest
            stage.path("").mkdir(parents=True, exist_ok=True)
        elif word == "COPY":
            stage.copy(rest.split(), folder, stages)
        elif word == "RUN" and any(program in rest for program in skipped):
            left.append(" ".join(line.split()))
        elif word == "RUN":
            stage.run(rest.strip(), world / "caches")
        elif word == "USER":
            stage.user = rest
        elif word == "HEALTHCHECK":
            stage.health = json.loads(rest[rest.index("CMD") + 3:])
        elif word in ["ENTRYPOINT", "CMD"]:
            setattr(stage, word.lower(), json.loads(rest))
        else:
            assert word == "EXPOSE", f"{word} is not understood"
    return stage, left


def served(image, port, secret, world):
    """Starts the image as a pod does, asks its health check, and stops it."""
    (image.root / SECRETS).chmod(0o755)
    subprocess.run(["mount", "--rbind", image.root, image.root], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", image.root], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=1777", "tmpfs", image.root / "tmp"], check=True)
    env = image.env | {"PORT": str(port)}
    start = image.command(image.entrypoint + image.cmd)

    if secret:
        refused = subprocess.run(start, env=env, capture_output=True, text=True, timeout=30)
        assert refused.returncode == 78 and "SESSION_KEY is missing" in refused.stderr, refused
    written = subprocess.run(image.command(["touch", "/file"]), env=env, capture_output=True, text=True)
    assert written.returncode != 0 and "Read-only file system" in written.stderr, written

    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", image.root / SECRETS], check=True)
    (image.root / SECRETS / "SESSION_KEY").write_text("from a file")
    # process number 1, as in a container
    # what it prints can be opened again by its user, as in a container
    log = world / "log"
    log.touch(0o666)
    log.chmod(0o666)
    with log.open("a") as output:
        program = subprocess.Popen([shutil.which("unshare"), "--pid", "--fork", "--kill-child", *start], env=env, stdout=output, stderr=output)
    try:
        for _ in range(50):
            check = subprocess.run(image.command(image.health), env=env, capture_output=True, text=True)
            if check.returncode == 0:
                break
            time.sleep(0.2)
        assert check.returncode == 0, (check, log.read_text())
        first = Path(f"/proc/{program.pid}/task/{program.pid}/children").read_text().split()[0]
        os.kill(int(first), signal.SIGTERM)
        assert program.wait(timeout=10) == 0, program.returncode
    finally:
        program.kill()


def tested(language, port, scaffold, world):
    answers, skipped = LANGUAGES[language]
    serves_files = language == "static"
    service = {"name": "api", "language": language, "path": "api", "route": "/", "port": port}
    service |= {"kind": "web"} if serves_files else {"kind": "api", "database": False, "secrets": ["SESSION_KEY"]}
    services = [service | answers]
    (world / "answers.json").write_text(json.dumps({"services": services}))
    tree = world / "tree"
    subprocess.run([scaffold[0], "init", tree, *scaffold[1:], "--preset", "mongodb-atlas-on-aws", "--yes", "--answers", world / "answers.json"],
                   check=True, capture_output=True)
    shutil.copytree(HERE / language, tree / "api", dirs_exist_ok=True)
    image, left = built(tree / "api", world, skipped)
    served(image, port, not serves_files, world)
    print(f"{language}: built, {'' if serves_files else 'refused without its secret, '}served, stopped")
    for line in left:
        print(f"  not carried out: {line}")


def main():
    if sys.argv[1] == "--in":
        language, port, world, *scaffold = sys.argv[2:]
        return tested(language, int(port), scaffold, Path(world))
    mounts = ["unshare", "--mount", "mount", "--bind", "/usr", "/usr"]
    if os.geteuid() != 0 or subprocess.run(mounts, capture_output=True).returncode != 0:
        print("NOT RUN: mounts of one's own need root with CAP_SYS_ADMIN; no instruction of a Dockerfile was carried out")
        return None
    for port, language in enumerate(LANGUAGES, 18080):
        # The mounts end with the process that made them, so nothing but the folder is left to be removed.
        with tempfile.TemporaryDirectory() as world:
            own = ["unshare", "--mount", "--propagation", "private", sys.executable, __file__, "--in", language, str(port), world]
            subprocess.run([*own, os.path.abspath(sys.argv[1]), *sys.argv[2:]], check=True)
    print("dotnet, java_gradle: not carried out, as no package of Debian or PyPI brings what builds them")


main()

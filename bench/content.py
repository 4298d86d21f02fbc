"""The content of the benchmark: one logical template, written for scaffold and for its peers.

Four kinds of file (Terraform, kustomize, workflow, runbook), each about 95 lines and 2.3 kB when rendered, with
variables, conditions and loops: about 85 expressions and statements in each, as templates of infrastructure have that
grew by copying. They are written in scaffold's language. The Jinja2 of copier and the Tera of
kickstart are made from that text, in the way their authors would write it, so that all three render the same bytes.

Everything is deterministic: no clock, no random numbers.
"""

import json
import re
from pathlib import Path

COMPONENTS = 12
FILES_PER_FOLDER = 15

ANSWERS = {
    "name": "shop",
    "owner": "platform-team",
    "domain": "shop.example.com",
    "region": "eu-west-1",
    "cloud": "aws",
    "database": "atlas",
    "backups": True,
    "monitoring": True,
}
CHOICES = {"cloud": ["aws", "azure", "gcp"], "database": ["atlas", "self-hosted"]}
KINDS = {"name": "dns_label", "domain": "host_name"}



def each(count, text):
    """COUNT copies of a text; @N@ is the number of the copy."""
    return "".join(text.replace("@N@", str(n)) for n in range(count))


TERRAFORM = """\
# Store @ID@ of <%= name %>, owned by <%= owner %>
locals {
  store_name = "<%= name %>-store-@ID@"
  labels = {
    project = "<%= name %>"
    owner   = "<%= owner %>"
  }
}
<% if cloud == "aws" %>

resource "aws_s3_bucket" "store" {
  bucket = local.store_name
  region = "<%= region %>"
  tags   = local.labels
}
""" + each(5, """\

resource "aws_s3_bucket_policy" "rule_@N@" {
  bucket = aws_s3_bucket.store.id
  region = "<%= region %>"
  policy = "<%= name %>-store-@ID@-rule-@N@"
}
""") + """\
<% else %>
""" + each(6, """\

resource "storage_bucket" "store_@N@" {
  name  = "<%= name %>-store-@ID@-@N@"
  place = "<%= cloud %>"
  owner = "<%= owner | upper %>"
}
""") + """\
<% endif %>
<% if backups %>

resource "aws_backup_vault" "store" {
  name = "<%= name | upper %>-BACKUPS"
}
""" + each(4, """\

resource "aws_backup_plan" "plan_@N@" {
  name = "<%= name %>-plan-@N@"
  rule = "copy from <%= region %> to the other region"
}
""") + """\
<% endif %>
<% if monitoring %>
""" + each(4, """\

output "alarm_@N@" {
  value = "<%= name %>-<%= region %>-@N@, told to <%= owner %>"
}
""") + """\
<% endif %>
<% if database == "atlas" %>
""" + each(3, """\

output "peer_@N@" {
  value = "<%= database %>-@N@.<%= domain %>"
}
""") + """\
<% else %>
""" + each(3, """\

output "member_@N@" {
  value = "<%= name %>-@N@.<%= domain %>"
}
""") + """\
<% endif %>
<% for i in range(3) %>

output "store_name_<%= i %>" {
  value = "${local.store_name}-<%= i %>"
}
<% endfor %>
"""

KUSTOMIZE = """\
# Part @ID@ of <%= name %>, owned by <%= owner %>
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: <%= name %>
labels:
  - pairs:
      app.kubernetes.io/part-of: <%= name %>
      app.kubernetes.io/managed-by: <%= owner %>
resources:
  - namespace.yaml
<% for i in range(8) %>
  - service-<%= i %>.yaml
<% endfor %>
<% if monitoring %>
""" + each(5, """\
  - monitor-@N@-of-<%= name %>.yaml
""") + """\
<% endif %>
images:
""" + each(7, """\
  - name: <%= name %>/service-@N@
    newName: registry.<%= domain %>/<%= name %>-@N@
""") + """\
configMapGenerator:
<% if database == "atlas" %>
""" + each(3, """\
  - name: database-@N@
    literals:
      - HOSTING=<%= database %>
      - REGION=<%= region %>
""") + """\
<% else %>
""" + each(3, """\
  - name: replica-set-@N@
    literals:
      - HOST=<%= name %>-@N@.<%= domain %>
      - REGION=<%= region %>
""") + """\
<% endif %>
""" + each(4, """\
  - name: settings-@N@
    literals:
      - HOST=settings-@N@.<%= domain %>
      - REGION=<%= region %>
""") + """\
<% if cloud == "aws" %>
""" + each(2, """\
  - name: cloud-@N@
    literals:
      - ACCOUNT=<%= cloud %>-<%= owner %>
""") + """\
<% else %>
""" + each(2, """\
  - name: cloud-@N@
    literals:
      - SUBSCRIPTION=<%= cloud %>-<%= owner | upper %>
""") + """\
<% endif %>
<% if monitoring %>
patches:
<% for i in range(5) %>
  - path: monitor-<%= i %>.yaml
    target:
      kind: Deployment
<% endfor %>
<% endif %>
<% if backups %>
generators:
""" + each(5, """\
  - backup-@N@-of-<%= name %>-in-<%= region %>.yaml
""") + """\
<% endif %>
"""

WORKFLOW = """\
# Checks of part @ID@ of <%= name %>, owned by <%= owner %>
name: part-@ID@
on:
  pull_request:
    paths: ["parts/@ID@/**"]
permissions: {}
concurrency:
  group: part-@ID@-${{ github.ref }}
  cancel-in-progress: true
jobs:
""" + each(6, """\
  check-@N@:
    runs-on: ubuntu-24.04
    env:
      PROJECT: <%= name %>
      REGION: <%= region %>
      DATABASE: <%= database %>.<%= domain %>
<% if backups %>
      BACKUPS: <%= name %>-backups-@N@
<% endif %>
    steps:
      - name: Check part @N@ of <%= name %>
        env:
          TOKEN: ${{ secrets.CHECK_TOKEN }}
        run: make check PART=@N@
""") + """\
<% if monitoring %>
  report:
    if: ${{ failure() }}
    needs: [check-0]
    runs-on: ubuntu-24.04
    env:
      CHANNEL: <%= owner | upper %>
    steps:
<% if cloud == "aws" %>
""" + each(3, """\
      - name: Report @N@ to <%= region %>
""") + """\
<% else %>
""" + each(3, """\
      - name: Report @N@ to <%= cloud %>
""") + """\
<% endif %>
<% for i in range(2) %>
      - run: echo "https://<%= domain %>/<%= i %>"
<% endfor %>
<% endif %>
"""

RUNBOOK = """\
# Restore part @ID@ of <%= name %>

Owner: <%= owner %>

## When
<% if database == "atlas" %>
""" + each(4, """\

Snapshot @N@ of <%= name %> in <%= region %> is wanted.
""") + """\
<% else %>
""" + each(4, """\

Dump @N@ of the <%= database %> database is wanted.
""") + """\
<% endif %>

## Steps
<% for i in range(6) %>

1. Restore shard <%= i %> and wait for its checks:

       scripts/restore --project <%= name %> --part @ID@ <%= i %>
<% endfor %>
<% if backups %>

## Verify

All of this is true:
""" + each(11, """\
- Collection @N@ of <%= name %> is served by https://<%= domain %>/@N@
""") + """\
<% endif %>
<% if monitoring %>

## Alerts

None of these fires:
""" + each(9, """\
- `Part@N@Late` of <%= name %> in <%= region %>
""") + """\
<% endif %>

## Escalate

In this order:
""" + each(6, """\
1. Call person @N@ on the list of <%= owner | upper %>
""") + """\
<% if cloud == "aws" %>
""" + each(4, """\
1. Open case @N@ for <%= name %> in <%= region %>
""") + """\
<% else %>
""" + each(4, """\
1. Open case @N@ for <%= name %> with <%= cloud %>
""") + """\
<% endif %>
"""

# What a later version of each text changes: one line, and one line more
CHANGES = {
    "store": ("  tags   = local.labels\n", '  tags   = merge(local.labels, { store = "@ID@" })\n  object_lock_enabled = true\n'),
    "part": ("  - namespace.yaml\n", "  - namespaces.yaml\n  - quota.yaml\n"),
    "checks": ("name: part-@ID@\n", "name: checks-of-part-@ID@\nrun-name: Checks of <%= name %>\n"),
    "restore": ("Owner: <%= owner %>\n", "Owner: <%= owner | upper %>\nReviewed: each quarter\n"),
}

TEXTS = [("store", "tf", TERRAFORM), ("part", "yaml", KUSTOMIZE), ("checks", "yml", WORKFLOW), ("restore", "md", RUNBOOK)]


def jinja(text):
    """The same template in Jinja2, whose blocks are put so that each eats the line end before it."""
    out = []
    for line in text.split("\n"):
        block = re.fullmatch(r" *<% (.*) %>", line)
        if block and out and not out[-1]:
            raise ValueError("an empty line before `%s` would be eaten" % line)
        if block:
            out.append("{%%- %s %%}" % block[1])
        else:
            line = re.sub(r"\$\{\{.*?\}\}", r"{% raw %}\g<0>{% endraw %}", line)
            out.append(re.sub(r"<%= (.*?) %>", r"{{ \1 }}", line))
    return "\n".join(out)


def tera(text):
    """The same template in Tera: Jinja2 but for the arguments of `range`."""
    return re.sub(r"range\((\d+)\)", r"range(end=\1)", jinja(text))


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def path_of(n):
    """The path of file number N in the output."""
    name, suffix, _ = TEXTS[n % len(TEXTS)]
    return "parts/%04d/%s-%05d.%s" % (n // FILES_PER_FOLDER, name, n, suffix)


def write_files(count, dialect, place, changed):
    """Writes `count` template files, those in `changed` in their later version; `place` gives the path of number N."""
    old = [dialect(text) for _, _, text in TEXTS]
    new = [dialect(later(name, text)) for name, _, text in TEXTS]
    for n in range(count):
        text = (new if n in changed else old)[n % len(TEXTS)]
        write(place(n), text.replace("@ID@", "%05d" % n))


def later(name, text):
    before, after = CHANGES[name]
    if text.count(before) != 1:
        raise ValueError("the change of `%s` does not fit" % name)
    return text.replace(before, after)


def edit(project, numbers):
    """Edits files as a user would: the last line is changed and one comes after it."""
    for n in numbers:
        path = project / path_of(n)
        text = path.read_text(encoding="utf-8").rstrip("\n")
        path.write_text(text + "  # tuned by hand\n# a note of the user\n", encoding="utf-8")


def scaffold_catalog(folder, count, changed=()):
    """A catalog for `scaffold init --templates FOLDER/templates --answers FOLDER/answers.yaml`."""
    templates = folder / "templates"
    questions = []
    for name, value in ANSWERS.items():
        question = {"name": name, "ask": "Which %s?" % name, "help": "A question of the benchmark."}
        if isinstance(value, bool):
            question["kind"] = "bool"
        elif name in CHOICES:
            question["kind"] = "choice"
            question["choices"] = [{"value": c, "title": c} for c in CHOICES[name]]
        else:
            question["kind"] = KINDS.get(name, "text")
        questions.append(question)
    # JSON is YAML
    write(templates / "questions.yaml", json.dumps({"questions": questions}, indent=2) + "\n")
    write(templates / "readiness.yaml", "{}\n")
    write(templates / "pins.yaml", "{}\n")
    write(folder / "answers.yaml", json.dumps(ANSWERS, indent=2) + "\n")
    for i in range(min(COMPONENTS, count)):
        manifest = {"title": "Part %d of the benchmark" % i, "why": "Rendering it takes time."}
        write(templates / ("components/part-%02d/component.yaml" % i), json.dumps(manifest, indent=2) + "\n")

    def place(n):
        return templates / ("components/part-%02d/files" % (n // FILES_PER_FOLDER % COMPONENTS)) / (path_of(n) + ".j2")

    write_files(count, lambda text: text, place, changed)


def copier_template(folder, count, changed=()):
    """A template for copier; the caller makes a git repository of it."""
    questions = {"_subdirectory": "template"}
    for name, value in ANSWERS.items():
        questions[name] = {"type": "bool" if isinstance(value, bool) else "str", "default": value}
        if name in CHOICES:
            questions[name]["choices"] = CHOICES[name]
    write(folder / "copier.yml", json.dumps(questions, indent=2) + "\n")
    write(folder / "template/{{ _copier_conf.answers_file }}.jinja", "{{ _copier_answers|to_nice_yaml -}}\n")
    write_files(count, jinja, lambda n: folder / "template" / (path_of(n) + ".jinja"), changed)


def kickstart_template(folder, count):
    """A template for kickstart."""
    lines = ['name = "bench"', "kickstart_version = 1"]
    for name, value in ANSWERS.items():
        lines += ["[[variables]]", 'name = "%s"' % name, 'prompt = "%s?"' % name, "default = " + json.dumps(value)]
        if name in CHOICES:
            lines.append("choices = " + json.dumps(CHOICES[name]))
    write(folder / "template.toml", "\n".join(lines) + "\n")
    write_files(count, tera, lambda n: folder / path_of(n), ())

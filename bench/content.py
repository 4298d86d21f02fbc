"""The content of the benchmark: one logical template, written for scaffold and for its peers.

Four kinds of file (Terraform, kustomize, workflow, runbook), each about 95 lines and 2.3 kB when rendered, with
variables, conditions and loops. They are written in scaffold's language. The Jinja2 of copier and the Tera of
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
KINDS = {"name": "dns_label", "domain": "host_name", "region": "region"}

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
<% for i in range(5) %>

resource "aws_s3_bucket_policy" "rule_<%= i %>" {
  bucket = aws_s3_bucket.store.id
  policy = "<%= name %>-store-@ID@-rule-<%= i %>"
}
<% endfor %>
<% else %>

resource "storage_bucket" "store" {
  name  = local.store_name
  place = "<%= cloud %>"
}
<% endif %>
<% if backups %>

resource "aws_backup_vault" "store" {
  name = "<%= name | upper %>-BACKUPS"
}
<% for i in range(4) %>

resource "aws_backup_plan" "plan_<%= i %>" {
  name = "<%= name %>-plan-<%= i %>"
  rule = "copy to the other region, keep for 3<%= i %> days"
}
<% endfor %>
<% endif %>
<% for i in range(6) %>

output "store_name_<%= i %>" {
  description = "Name of part <%= i %>, for the modules that read it"
  value       = "${local.store_name}-<%= i %>"
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
  - service-monitor.yaml
<% endif %>
images:
<% for i in range(6) %>
  - name: <%= name %>/service-<%= i %>
    newName: registry.<%= domain %>/<%= name %>-<%= i %>
<% endfor %>
configMapGenerator:
<% if database == "atlas" %>
  - name: database
    literals:
      - HOSTING=<%= database %>
      - TLS=required
<% else %>
  - name: replica-set
    literals:
      - MEMBERS=3
<% endif %>
<% for i in range(9) %>
  - name: settings-<%= i %>
    literals:
      - HOST=settings-<%= i %>.<%= domain %>
      - REGION=<%= region %>
<% endfor %>
<% if monitoring %>
patches:
<% for i in range(6) %>
  - path: monitor-<%= i %>.yaml
    target:
      kind: Deployment
<% endfor %>
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
<% for i in range(5) %>
  check-<%= i %>:
    runs-on: ubuntu-24.04
    timeout-minutes: 1<%= i %>
    permissions:
      contents: read
    env:
      PROJECT: <%= name %>
      REGION: <%= region %>
<% if backups %>
      BACKUPS: required
<% endif %>
    steps:
      - name: Check part <%= i %>
        env:
          TOKEN: ${{ secrets.CHECK_TOKEN }}
        run: make check PART=<%= i %>
      - name: Clean up
        if: always()
        run: make clean PART=<%= i %>
<% endfor %>
<% if monitoring %>
  report:
    if: ${{ failure() }}
    needs: [check-0]
    runs-on: ubuntu-24.04
    env:
      CHANNEL: <%= owner | upper %>
    steps:
<% if cloud == "aws" %>
      - name: Report to <%= region %>
<% else %>
      - name: Report to <%= cloud %>
<% endif %>
        run: echo "https://<%= domain %>"
<% endif %>
"""

RUNBOOK = """\
# Restore part @ID@ of <%= name %>

Owner: <%= owner %>

## When
<% if database == "atlas" %>

A snapshot of the managed database is wanted.
<% else %>

A dump of the <%= database %> database is wanted.
<% endif %>

## Steps
<% for i in range(10) %>

1. Restore shard <%= i %> and wait for its checks:

       scripts/restore --project <%= name %> --part @ID@ <%= i %>
<% endfor %>
<% if backups %>

## Verify

All of this is true:
<% for i in range(11) %>
- Collection <%= i %> is served by https://<%= domain %>/<%= i %>
<% endfor %>
<% endif %>
<% if monitoring %>

## Alerts

None of these fires:
<% for i in range(11) %>
- `Part<%= i %>Late` of <%= name %> in <%= region %>
<% endfor %>
<% endif %>

## Escalate

In this order:
<% for i in range(6) %>
<%= i + 1 %>. Call person <%= i + 1 %> on the list of <%= owner | upper %>
<% endfor %>
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

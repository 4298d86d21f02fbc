"""What all benchmarks have in common: commands are run and timed, outputs compared, tables and targets printed."""

import argparse
import os
import platform
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What the programs record about the run beside the content
STATE = (".scaffold", ".copier-answers.yml", ".git")

# ext4 without a journal passes over each inode that was freed in the last five minutes
SETTLE_SECONDS = 310


class Failed(Exception):
    """The measurement failed, not a target."""


def peak_of(usage):
    return usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def median(values):
    values = sorted(values)
    half = len(values) // 2
    return values[half] if len(values) % 2 else (values[half - 1] + values[half]) / 2


class Bench:
    """The work folder and the way that a command is run."""

    def __init__(self, work):
        self.deleted = work / "deleted"
        self.run_folder = work / ("run-%d" % os.getpid())
        self.trash = self.run_folder / "trash"
        self.home = self.run_folder / "home"
        self.trash.mkdir(parents=True)
        self.home.mkdir()
        self.moved = 0
        # no settings and no caches of the user
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "COPIER_", "XDG_", "PYTHON"))}
        who = {"NAME": "bench", "EMAIL": "bench@example.invalid", "DATE": "2025-01-01T00:00:00Z"}
        self.env.update({"GIT_%s_%s" % (r, k): v for r in ("AUTHOR", "COMMITTER") for k, v in who.items()})
        self.env.update(HOME=str(self.home), GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_SYSTEM=os.devnull)
        # copier's own repositories too: with 12,000 files git cleans one up in the background while copier deletes it
        self.env.update(GIT_CONFIG_COUNT="1", GIT_CONFIG_KEY_0="maintenance.auto", GIT_CONFIG_VALUE_0="false")

    def away(self, path):
        """Moves an output away. Deleting it would make the creation of files ten times slower on ext4 for minutes."""
        if path.exists():
            self.moved += 1
            path.rename(self.trash / str(self.moved))

    def run(self, command, cache=None):
        """Runs a command: its wall time and processor time in seconds, and its peak memory in bytes."""
        env = dict(self.env, XDG_CACHE_HOME=str(cache)) if cache else self.env
        command = [str(part) for part in command]
        log = self.run_folder / "log"
        with open(log, "wb") as sink, open(os.devnull, "rb") as nothing:
            to_log = [(os.POSIX_SPAWN_DUP2, nothing.fileno(), 0)]
            to_log += [(os.POSIX_SPAWN_DUP2, sink.fileno(), fd) for fd in (1, 2)]
            start = time.perf_counter()
            pid = os.posix_spawn(command[0], command, env, file_actions=to_log)
            _, status, usage = os.wait4(pid, 0)
            seconds = time.perf_counter() - start
        if status:
            end = log.read_text(errors="replace")[-2000:]
            raise Failed("`%s` failed:\n%s" % (" ".join(command), end))
        return seconds, usage.ru_utime + usage.ru_stime, peak_of(usage)

    def settle(self):
        """Waits until the files that an earlier run deleted do not slow this one down."""
        try:
            left = self.deleted.stat().st_mtime + SETTLE_SECONDS - time.time()
        except FileNotFoundError:
            return
        if 0 < left <= SETTLE_SECONDS:
            print("an earlier run deleted its files: waiting %.0f seconds (or use --no-wait)" % left, file=sys.stderr)
            time.sleep(left)

    def creation(self):
        """How long the file system takes to create an empty file, in seconds: shows a machine that is not at rest."""
        self.moved += 1
        folder = self.trash / str(self.moved)
        folder.mkdir()
        start = time.perf_counter()
        for i in range(500):
            os.close(os.open(folder / str(i), os.O_CREAT | os.O_WRONLY))
        return (time.perf_counter() - start) / 500

    def remove(self):
        shutil.rmtree(self.run_folder, ignore_errors=True)
        self.deleted.touch()

    def git(self, folder, *args):
        """What git prints in a folder."""
        command = ["git", "-C", str(folder), *args]
        return subprocess.run(command, env=self.env, check=True, stdout=subprocess.PIPE, text=True).stdout

    def commit(self, folder, tag):
        """Commits all files of a folder, as a repository of its own, and tags them."""
        self.git(folder, "init", "-q")
        self.git(folder, "add", "-A")
        self.git(folder, "commit", "-q", "-m", "As of " + tag)
        self.git(folder, "tag", tag)
        # like a clone
        self.git(folder, "repack", "-a", "-d", "-q")


class Contender:
    """A command that writes `output`, after `prepare` has made what it starts from, and what was measured.

    `cache` is a cache directory of its own.
    """

    def __init__(self, name, command, output=None, prepare=None, cache=None):
        self.name, self.command, self.output, self.prepare, self.cache = name, command, output, prepare, cache
        self.times, self.busy, self.peak, self.used, self.warm = [], [], 0, 0.0, True

    def measure(self, bench, counts):
        if self.output:
            bench.away(self.output)
        if self.prepare:
            self.prepare()
        if self.output:
            # what others wrote is not to be paid by this one
            os.sync()
        seconds, busy, peak = bench.run(self.command, self.cache)
        self.used += seconds
        self.peak = max(self.peak, peak)
        if counts:
            self.times.append(seconds)
            self.busy.append(busy)
        return seconds, busy

    @property
    def median(self):
        return median(self.times)


def rounds(bench, contenders, runs, budget, after_warm_up=lambda: None):
    """Warms up, then runs all contenders in turn: A B C A B C.

    A contender that has used its part of the budget leaves; when its warm-up alone did that, the warm-up is its run.
    """
    share = budget / len(contenders)
    for c in contenders:
        seconds, busy = c.measure(bench, counts=False)
        if 2 * seconds > share:
            c.times, c.busy, c.warm = [seconds], [busy], False
    after_warm_up()
    for _ in range(runs):
        for c in contenders:
            last = c.times[-1] if c.times else 0
            if c.warm and (not c.times or c.used + last <= share):
                c.measure(bench, counts=True)


def files_of(folder):
    """All files below a folder, relative to it, without what a program records about its run."""
    found = []
    for base, folders, names in os.walk(folder):
        if Path(base) == folder:
            folders[:] = [f for f in folders if f not in STATE]
            names = [n for n in names if n not in STATE]
        found += [os.path.relpath(os.path.join(base, n), folder) for n in names]
    return sorted(found)


def compare(reference, other, name):
    """Raises unless both folders hold the same files with the same bytes; how many files, lines and bytes these are."""
    lines = size = 0
    paths = files_of(reference)
    odd = set(paths) ^ set(files_of(other))
    if odd:
        raise Failed("`%s` is either missing in the output of %s or too much there" % (min(odd), name))
    for path in paths:
        data = (reference / path).read_bytes()
        if data != (other / path).read_bytes():
            raise Failed("%s wrote other bytes to `%s` than expected" % (name, path))
        lines += data.count(b"\n")
        size += len(data)
    return len(paths), lines, size


def state(bench):
    return "Load %.1f; the creation of an empty file takes %.3f ms." % (os.getloadavg()[0], bench.creation() * 1000)


def table(contenders, size=None, reference="scaffold"):
    print("| | median | min | max | runs | processor | times %s |" % reference + (" ms per file | peak memory |" if size else ""))
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |" + (" ---: | ---: |" if size else ""))
    for c in contenders.values():
        runs = "%d%s" % (len(c.times), "" if c.warm else " (cold)")
        row = [c.name, span(c.median), span(min(c.times)), span(max(c.times)), runs, span(median(c.busy)), "%.2f" % (c.median / contenders[reference].median)]
        if size:
            row += ["%.3f" % (c.median / size * 1000), memory(c.peak)]
        print("| " + " | ".join(row) + " |", flush=True)


def span(seconds):
    return "%.2f s" % seconds if seconds >= 1 else "%.1f ms" % (seconds * 1000)


def memory(peak):
    # a child starts with the peak of its parent, so that less than our own cannot be seen
    own = peak_of(resource.getrusage(resource.RUSAGE_SELF))
    return "%s%.0f MB" % ("< " if peak <= own * 1.02 else "", peak / 1e6)


def tool(name):
    found = shutil.which(name)
    return os.path.abspath(found) if found else None



def find_scaffold(path):
    """The program at a path or on PATH; without one that of this repository."""
    if path:
        found = tool(path) or tool(os.path.abspath(path))
        if not found:
            raise Failed("`%s` is not a program" % path)
        return found
    found = str(ROOT / "target/dist/scaffold")
    if not os.path.exists(found):
        env = {k: v for k, v in os.environ.items() if k != "CARGO_TARGET_DIR"}
        subprocess.run(["cargo", "build", "--profile", "dist"], cwd=ROOT, env=env, check=True)
    return found


def find_git():
    found = tool("git")
    if not found:
        raise Failed("git is needed and not on PATH")
    return found


def find_copier(work):
    """copier on PATH, else in a virtual environment in the work folder."""
    found = tool("copier") or str(work / "venv/bin/copier")
    if not os.path.exists(found):
        print("copier is not on PATH: installing it into a virtual environment", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", work / "venv"], check=True)
        subprocess.run([work / "venv/bin/pip", "install", "-q", "--disable-pip-version-check", "copier"], check=True)
    return found


def arguments(about, runs, budget, smallest=1):
    """The options that every benchmark has; `runs` says how often each contender runs when nobody says."""
    p = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)

    def numbers(text):
        sizes = [int(t) for t in text.split(",")]
        if min(sizes) < smallest:
            raise argparse.ArgumentTypeError("a size is at least %d" % smallest)
        return sorted(set(sizes))

    def count(text):
        if int(text) < 1:
            raise argparse.ArgumentTypeError("at least 1")
        return int(text)

    p.add_argument("--scaffold", metavar="PATH", help="the program (default: target/dist/scaffold, built when missing)")
    p.add_argument("--sizes", type=numbers, default=[120, 1200, 12000], metavar="N,N", help="numbers of files (default: 120,1200,12000)")
    p.add_argument("--runs", type=count, metavar="N", help="runs after the warm-up (default: %s)" % runs)
    p.add_argument("--budget", type=float, default=budget, metavar="SECONDS", help="for each size, shared equally by the contenders; each runs once in any case (default: %d)" % budget)
    p.add_argument("--work", type=Path, default=ROOT / "target/bench", metavar="DIR", help="where to write, on a real disk (default: target/bench)")
    p.add_argument("--no-wait", action="store_true", help="start at once, even when an earlier run has just deleted its files")
    p.add_argument("--no-check", action="store_true", help="exit with 0 when a target is missed")
    return p


def verdict(target, measured=None, met=None):
    """A target with what was measured; `met` is None when nothing was."""
    return target, measured or "not measured", met


def carry_out(title, args, measure):
    """Measures, prints the verdicts that `measure` returns, and gives the exit status."""
    work = args.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    bench = Bench(work)
    try:
        if not args.no_wait:
            bench.settle()
        print("# %s\n\n%s, %s, %d cores. %s" % (title, platform.system(), platform.machine(), os.cpu_count(), state(bench)))
        verdicts = measure(bench)
    finally:
        bench.remove()
    print("\n## Targets\n\n| target | measured | |\n| --- | --- | --- |")
    for target, measured, met in verdicts:
        print("| %s | %s | %s |" % (target, measured, {True: "met", False: "**missed**", None: "-"}[met]))
    counts = [sum(met is which for _, _, met in verdicts) for which in (True, False, None)]
    print("\n%d met, %d missed, %d not measured" % tuple(counts))
    return 1 if counts[1] and not args.no_check else 0


def run_main(main):
    """Ends the program with what `main` returns, or with 2 when the measurement failed."""
    try:
        sys.exit(main())
    except (Failed, subprocess.CalledProcessError, OSError) as e:
        print("error: %s" % e, file=sys.stderr)
        sys.exit(2)

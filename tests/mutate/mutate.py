#!/usr/bin/env python3
"""Put the faults of a table into a scratch copy of the sources, one at a time, and see which test catches each.

    python3 tests/mutate/mutate.py [--only WORD] [--tests WORDS] [--jobs N] [--table FILE] [--out FILE]      from the root of the repository

A fault whose text is not found just once in the files of its pattern is an error: the table has to follow the sources.
Each worker has a copy of its own, with what is built already, that is built incrementally: a fault is one file compiled, and the
programs linked anew. The quick tests run one after the other until one fails: first what caught another fault of the same file,
then the test that is named after the file, then what caught one of the same folder, then the others, cheap ones first; those that
are not linked with the file are left out.
The exit status is 0 when all faults were found in the sources, at least 90 % of those that are not marked as equivalent
were caught, and no survivor goes without a reason.
"""
import argparse
import concurrent.futures
import glob
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import tempfile
import time

FAULTS = "tests/mutate/faults.txt"
TIMES = "build/mutate-seconds.json"  # what each test took without a fault
KEPT = ("Makefile", ".ci", "sim", "models", "tests", "scenarios", "README.md", "results")
SCRIPTS = ("tests/cases/run.sh",)
LEFT_OUT = ("test_html", "test_progress")  # what they try is not of the numbers
LIMIT = 240  # seconds for one test program; a fault that makes it go on for ever is caught


def read_table(path):
    """Blocks of `key: value` lines, parted by empty lines; # begins a comment line."""
    faults, fault = [], {}
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(list(lines) + ["\n"], 1):
            line = line.rstrip("\n")
            if line.startswith("#"):
                continue
            if not line.strip():
                if fault:
                    faults.append(fault)
                fault = {}
                continue
            key, colon, value = line.partition(": ")
            if not colon or key not in ("file", "find", "with", "lives"):
                sys.exit(f"{path}:{number}: not a line of a fault: {line}")
            fault.setdefault("line", number)
            fault[key] = value
    for fault in faults:
        if not all(key in fault for key in ("file", "find", "with")):
            sys.exit(f"{path}:{fault['line']}: a fault needs file, find and with")
    return faults


def pattern_of(find):
    """The text of a fault as a regular expression: @1, @2 stand for any one identifier each, blanks for any white space."""
    seen, pattern = set(), ""
    for word in re.split(r"(@[0-9]|\s+)", find.strip()):
        if word.isspace():
            pattern += r"\s+"
        elif word.startswith("@"):
            pattern += rf"(?P=id{word[1:]})" if word in seen else rf"\b(?P<id{word[1:]}>[A-Za-z_]\w*)\b"
            seen.add(word)
        else:
            pattern += re.escape(word)
    return re.compile(pattern)


def replacement_of(fault, match):
    return re.sub(r"@([0-9])", lambda word: match.group("id" + word.group(1)), fault["with"])


def locate(fault, root="."):
    """The one file that has the text, with where; or why there is none."""
    found = []
    for path in sorted(glob.glob(os.path.join(root, fault["file"]))):
        with open(path, encoding="utf-8") as file:
            found += [(os.path.relpath(path, root), match) for match in pattern_of(fault["find"]).finditer(file.read())]
    if len(found) != 1:
        return None, None, f"its text is found {len(found)} times" + (": " if found else "") + ", ".join(sorted({p for p, _ in found}))
    return found[0] + (None,)


class Worker:
    def __init__(self, build_flags, wanted):
        self.root = tempfile.mkdtemp(prefix="foothold-mutate-")
        self.make = ["make", "-s"] + build_flags
        for name in KEPT:
            if os.path.isdir(name):
                shutil.copytree(name, os.path.join(self.root, name), ignore=shutil.ignore_patterns("fuzz"))
            else:
                shutil.copy2(name, self.root)
        # what is built already need not be built again, but for what other compilers made of it
        if os.path.exists("build/foothold"):
            shutil.copytree("build", os.path.join(self.root, "build"),
                            ignore=shutil.ignore_patterns("asan", "tsan", "fuzz", "bench", "bits"))
        self.env = dict(os.environ, FOOTHOLD="build/foothold", FOOTHOLD_QUICK="1", OMP_NUM_THREADS="1", LC_ALL="C",
                        CMOCKA_MESSAGE_OUTPUT="tap", OMP_WAIT_POLICY="passive",
                        CCACHE_NOHASHDIR="1")  # the copies share what they compile
        self.env.pop("MAKEFLAGS", None)
        names = (os.path.basename(p)[:-2] for p in glob.glob(os.path.join(self.root, "tests/test_*.c")))
        tests = [f"build/tests/{n}" for n in sorted(names) if n not in LEFT_OUT] + list(SCRIPTS)
        self.tests = [test for test in tests if not wanted or any(word in test for word in wanted.split(","))]

    def run(self, command, limit=None):
        try:
            done = subprocess.run(command, cwd=self.root, env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=limit, check=False)
        except subprocess.TimeoutExpired:
            return None, ""
        return done.returncode, done.stdout.decode(errors="replace")

    def build(self, target):
        return self.run(self.make + [target])

    def failure_of(self, test):
        """What is wrong with a test, or None."""
        is_program = test.startswith("build/")
        status, text = self.build(test if is_program else "build/foothold")
        if status:
            return f"does not compile: {text[-300:]}"
        status, text = self.run([test] if is_program else ["sh", test], LIMIT)
        if status is None:
            return f"{os.path.basename(test)}: still running after {LIMIT} s"
        if status != 0:
            bad = [line for line in text.splitlines() if line.startswith("not ok")]
            return f"{os.path.basename(test)}: " + (bad[0].split(" - ", 1)[-1] if bad else f"status {status}")
        return None

    def begin(self):
        """Before any fault, every test must pass. Returns the seconds of each."""
        seconds = {}
        status, text = self.build("all")
        if status:
            raise SystemExit(f"without a fault: does not compile: {text[-300:]}")
        for test in self.tests:
            started = time.time()
            failure = self.failure_of(test)
            if failure:
                raise SystemExit(f"without a fault: {failure}")
            seconds[test] = time.time() - started
        return seconds

    def holds(self, test, path):
        """Whether a program was linked with what a file is compiled to: its debugging information then names the file."""
        program = os.path.join(self.root, test)
        if not test.startswith("build/") or not os.path.exists(program):
            return True
        with open(program, "rb") as file:
            return path.encode() + b"\0" in file.read()

    def in_order(self, path, catches, seconds):
        """What may catch a fault of a file, the likeliest first."""
        folder, stem = os.path.split(path)[0], os.path.basename(path)[:-2]

        def place(test):
            caught = catches.get((path, test), 0), catches.get((folder, test), 0)
            return -caught[0], os.path.basename(test) != "test_" + stem, -caught[1] / (1.0 + seconds.get(test, 0.0)), seconds.get(test, 0.0)

        return sorted((test for test in self.tests if self.holds(test, path)), key=place)

    def first_failure(self, path, catches, seconds):
        for test in self.in_order(path, catches, seconds):
            failure = self.failure_of(test)
            if failure:
                for where in (path, os.path.dirname(path)):
                    catches[where, test] = catches.get((where, test), 0) + 1
                return failure
        return None

    def try_fault(self, fault, catches, seconds):
        path, match, why = locate(fault, self.root)
        if why:
            return "missing", why
        whole = os.path.join(self.root, path)
        with open(whole, "w", encoding="utf-8") as file:
            file.write(match.string[:match.start()] + replacement_of(fault, match) + match.string[match.end():])
        try:
            caught = self.first_failure(path, catches, seconds)
        finally:
            with open(whole, "w", encoding="utf-8") as file:
                file.write(match.string)
        if caught and caught.startswith("does not compile"):
            return "broken", caught
        return ("caught", caught) if caught else ("lives", fault.get("lives", "no reason is given"))

    def close(self):
        shutil.rmtree(self.root, ignore_errors=True)


def show(fault, path):
    return f"{path}: {fault['find'].strip()}  ->  {fault['with'].strip()}"


def compiler(command):
    """With ccache where there is one: what was compiled without the last fault need not be compiled again."""
    return command if "ccache" in command or not shutil.which("ccache") else "ccache " + command


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="faults whose file or text has this in it")
    parser.add_argument("--tests", default="", help="only tests that have one of these words, parted by commas, in their names")
    parser.add_argument("--cc", default=os.environ.get("CC") or "cc", help="the compiler")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--table", default=FAULTS)
    parser.add_argument("--out", default="build/mutate.txt", help="where the result is listed too")
    parser.add_argument("--trust", action="store_true", help="the tests were seen to pass without a fault: begin with the faults")
    parser.add_argument("--dry", action="store_true", help="only see whether every text is found")
    arguments = parser.parse_args()
    faults, missing = [], 0
    for fault in read_table(arguments.table):
        fault["path"], _, why = locate(fault)
        if arguments.only not in (fault["path"] or fault["file"]) + fault["find"] + fault["with"]:
            continue
        faults.append(fault)
        if why:
            missing += 1
            print(f"error: {arguments.table}:{fault['line']}: {fault['file']}: {fault['find']}: {why}")
    print(f"{len(faults)} faults, {missing} not found in the sources", flush=True)
    if arguments.dry or not faults:
        return missing > 0
    workers = queue.Queue()
    made = [Worker(["CC=" + compiler(arguments.cc)], arguments.tests) for _ in range(min(arguments.jobs, len(faults)))]
    started = time.time()

    catches, seconds = {}, {}  # how many faults of a file each test has caught; what each test takes without a fault

    def run(fault):
        worker = workers.get()
        try:
            return worker.try_fault(fault, catches, seconds)
        finally:
            workers.put(worker)

    results = {"caught": 0, "lives": 0, "missing": 0, "broken": 0}
    equivalent, unexplained = 0, 0
    os.makedirs(os.path.dirname(arguments.out) or ".", exist_ok=True)
    try:
        with concurrent.futures.ThreadPoolExecutor(len(made)) as pool, open(arguments.out, "w", encoding="utf-8") as out:
            if arguments.trust and os.path.exists(TIMES):
                with open(TIMES, encoding="utf-8") as file:
                    seconds = json.load(file)
            else:
                print("building, and running the tests without a fault ...", flush=True)
                seconds = made[0].begin()
                with open(TIMES, "w", encoding="utf-8") as file:
                    json.dump(seconds, file)
            for worker in made:
                workers.put(worker)
            print(f"they pass; {time.time() - started:.0f} s", flush=True)
            todo = {pool.submit(run, fault): fault for fault in faults}
            for n, future in enumerate(concurrent.futures.as_completed(todo), 1):
                fault, (kind, what) = todo[future], future.result()
                results[kind] += 1
                if kind == "lives" and what.startswith("equivalent"):
                    equivalent += 1
                if kind == "lives" and "lives" not in fault:
                    unexplained += 1
                note = " (the table says that it lives)" if kind == "caught" and "lives" in fault else ""
                line = f"{kind}: {show(fault, fault['path'] or fault['file'])}: {what}{note}"
                print(f"{n} of {len(faults)}, {time.time() - started:.0f} s: {line}", flush=True)
                print(line, file=out, flush=True)
    finally:
        for worker in made:
            worker.close()
    judged = results["caught"] + results["lives"] - equivalent
    share = results["caught"] / judged if judged else 0.0
    print(f"{results['caught']} of {judged} caught ({100 * share:.1f} %), {results['lives'] - equivalent} live, "
          f"{unexplained} of them without a reason, {equivalent} equivalent, "
          f"{results['missing'] + results['broken']} that cannot be tried")
    return results["missing"] + results["broken"] > 0 or share < 0.9 or unexplained > 0


if __name__ == "__main__":
    sys.exit(main())

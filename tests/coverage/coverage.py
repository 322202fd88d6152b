#!/usr/bin/env python3
"""How often value +- 1.96 se holds the true value, wherever foothold prints an error.

    python3 tests/coverage/coverage.py build/foothold [--seeds 200] [--only WORD] [--jobs N]      from the root of the repository

Every call is played with many seeds, in each design, computed and drawn. What is true is taken from long runs: of times, of
quantiles over worlds and of drivers' shares from a drawn one with many runs a world, which neither bins nor the noise of few runs
can bend; of all else from the one that has the smaller error. Pooled by kind of figure, design and estimator, each share has to lie
between 90 and 99 %.

Left out: what has no error or is exact (se 0), what the long run does not know four times as well, and shares so rare that fewer than
ten draws are expected to differ, of which no interval of this form can be right. Credible ranges over worlds are no intervals;
the error of each of their ends is.
"""
import argparse
import collections
import concurrent.futures
import csv
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time

SYRIA = "scenarios/syria/"
OTHER = "tests/coverage/other.cfg"
# name, arguments, its worlds and runs: computed, drawn; long run: computed, drawn
RUN = ((1024, 4), (512, 64), (65536, 16), (65536, 256))
FEW = ((512, 4), (512, 32), (32768, 16), (32768, 256))
CALLS = [(s, ["run", f"{SYRIA if s != 'first' else 'scenarios/'}{s}.cfg"], RUN)
         for s in ("first", "2024-12", "2025-06", "s0-inss", "s2-ipsc", "s4-eutoday")]
CALLS += [("compare", ["compare", "scenarios/first.cfg", OTHER], FEW),
          ("pool", ["pool", "scenarios/first.cfg", OTHER], FEW),
          ("sweep", ["sweep", "scenarios/first.cfg", "--vary", "events.unrest.per_month=0.05,0.1,0.3"], FEW),
          ("score", ["score", "scenarios/first.cfg", OTHER, "--resolved", "tests/cases/cli/files/resolved-first.cfg"], FEW)]
DESIGNS = ("stratified", "sobol", "mc")
ESTIMATORS = ("auto", "draw")
# file: the columns that tell figures apart, and (value, error) columns
TABLES = {
    "summary.csv": (("scenario_id", "target", "location", "horizon", "output_type", "output_type_id"), (("value", "se"),)),
    "curves.csv": (("scenario_id", "location", "kind", "name", "month"), (("value", "se"),)),
    "levers.csv": (("id", "question"), (("difference", "se"),)),
    "compare.csv": (("question", "scenario_id", "location"), (("delta", "se"), ("ratio", "ratio_se"), ("value", "value_se"),
                                                             ("baseline", "baseline_se"))),
    "attribution.csv": (("question", "assumption", "scenario_id"), (("contribution", "se"),)),
    "sweep.csv": (("point", "question", "location"), (("value", "se"), ("delta", "delta_se"))),
    "pool.csv": (("question", "method", "location"), (("value", "se"),)),
    "analysts.csv": (("question", "scenario_id", "location"), (("value", "se"),)),
    "score.csv": (("resolution", "scenario_id"), (("brier", "brier_se"), ("log", "log_se"), ("rps", "rps_se"))),
}
LOW, HIGH = 0.90, 0.99
PLAIN = ("state", "bases_held", "time_to_loss", "time_to_deal")


def kind_of(file, row, column):
    """What is pooled together: figures found in the same way."""
    if file == "summary.csv":
        target = row["target"] if row["target"] in PLAIN else "question"
        level = " " + row["output_type_id"] if row["output_type"] == "quantile" else ""
        return f"{target}: {row['output_type']}{level}"
    if file == "curves.csv":
        return f"curve: {row['kind']}"
    if file == "pool.csv":
        return f"pool: {row['method']}"
    return f"{file[:-4]}: {column}"


def number(text):
    return float(text) if text not in ("", "NA", None) else math.nan


def read_figures(folder):
    """{key: (kind, value, error)} of all that the files of a folder say with an error."""
    figures = {}
    for file, (names, pairs) in TABLES.items():
        path = os.path.join(folder, file)
        if not os.path.exists(path):
            continue
        with open(path, encoding="utf-8", newline="") as lines:
            for row in csv.DictReader(lines):
                if file == "curves.csv" and number(row["month"]) == 0.0:
                    continue  # as the scenario says
                slopes = tuple((c, c.replace("slope.", "slope_se.", 1)) for c in row if c.startswith("slope."))
                for value, error in pairs + slopes:
                    key = (file, value) + tuple(row[n] for n in names if n in row)
                    kind = kind_of(file, row, value.split(".")[0])
                    figures[key] = (kind, number(row[value]), number(row[error]))
    path = os.path.join(folder, "summary.json")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as text:
            drivers = json.load(text).get("drivers") or {}
        for question, inputs in drivers.items():
            for driver in inputs:
                value, error = (math.nan if driver[k] is None else driver[k] for k in ("index", "se"))
                figures["drivers", question, driver["input"]] = ("driver: index", value, error)
    return figures


def play(program, arguments, size, seed, design, estimator, threads=1):
    folder = tempfile.mkdtemp(prefix="foothold-coverage-")
    try:
        out = os.path.join(folder, "out")
        command = [program, *arguments, "--worlds", str(size[0]), "--runs", str(size[1]), "--seed", str(seed), "--design", design,
                   "--estimator", estimator, "--threads", str(threads), "--quiet", "--out", out]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if done.returncode:
            sys.exit(" ".join(command) + "\n" + done.stderr.decode(errors="replace"))
        return read_figures(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def from_draws(kind):
    return kind.startswith("time_") or ": quantile" in kind or kind.startswith("driver")


def find_truth(program, arguments, size):
    """{key: (value, error)} of the long runs, with a seed that no short one has."""
    seed, truth = 10**9, {}
    computed = play(program, arguments, size[2], seed, "sobol", "auto", os.cpu_count())
    drawn = play(program, arguments, size[3], seed + 1, "sobol", "draw", os.cpu_count())
    for key, (kind, value, error) in drawn.items():
        truth[key] = (value, error)
        other = computed.get(key)
        if other and not from_draws(kind) and other[2] < error:
            truth[key] = other[1:]
    return truth


def is_share(kind):
    return kind.startswith(("question: mean", "state", "bases_held", "curve", "time_to_loss: cdf"))


class Counts:
    def __init__(self):
        self.hits = collections.Counter()
        self.n = collections.Counter()
        self.left_out = collections.Counter()

    def add(self, figures, truth, cell, draws):
        for key, (kind, value, error) in figures.items():
            true, true_error = truth.get(key, (math.nan, math.nan))
            at = (kind, *cell)
            if not error > 0.0 or math.isnan(value) or math.isnan(true):
                continue
            if is_share(kind) and draws * min(true, 1.0 - true) < 10.0:
                self.left_out["too rare"] += 1
            elif not true_error <= 0.25 * error:
                self.left_out["true value not known well enough"] += 1
            else:
                self.n[at] += 1
                self.hits[at] += abs(value - true) <= 1.96 * math.hypot(error, true_error)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="calls whose name has this in it")
    parser.add_argument("--list", default="build/coverage-of-intervals.csv", help="where all shares are listed")
    arguments = parser.parse_args()
    calls = [c for c in CALLS if arguments.only in c[0]]
    counts, started = Counts(), time.time()
    for name, words, size in calls:
        print(f"{name}: the long runs ...", flush=True)
        truth = find_truth(arguments.program, words, size)
        jobs = [(seed, d, e) for seed in range(1, arguments.seeds + 1) for d in DESIGNS for e in ESTIMATORS]
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            todo = {pool.submit(play, arguments.program, words, size[e == "draw"], seed, d, e): (d, e) for seed, d, e in jobs}
            for n, future in enumerate(concurrent.futures.as_completed(todo), 1):
                cell = todo.pop(future)
                worlds, runs = size[cell[1] == "draw"]
                counts.add(future.result(), truth, cell, worlds * runs)
                if n % 100 == 0:
                    print(f"{name}: {n} of {len(jobs)} runs, {time.time() - started:.0f} s", flush=True)
    os.makedirs(os.path.dirname(arguments.list) or ".", exist_ok=True)
    bad = 0
    with open(arguments.list, "w", encoding="utf-8") as out:
        print("kind,design,estimator,n,covered", file=out)
        print(f"{'kind':28} {'design':11} {'estimator':9} {'n':>8} covered")
        for at in sorted(counts.n):
            share = counts.hits[at] / counts.n[at]
            wrong = not LOW <= share <= HIGH
            bad += wrong
            print(f"{at[0]:28} {at[1]:11} {at[2]:9} {counts.n[at]:8} {100 * share:6.1f} %{'  outside' if wrong else ''}")
            print(f"{at[0]},{at[1]},{at[2]},{counts.n[at]},{share:.5f}", file=out)
    for why, n in sorted(counts.left_out.items()):
        print(f"left out: {n}, {why}")
    print(f"{len(counts.n) - bad} passed, {bad} failed")
    return bad > 0 or not counts.n


if __name__ == "__main__":
    sys.exit(main())

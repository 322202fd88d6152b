#!/usr/bin/env python3
"""How often value +- 1.96 se holds the true value, wherever foothold prints an error.

    python3 tests/coverage/coverage.py build/foothold [--seeds 200] [--only WORD] [--jobs N]      from the root of the repository

Every call is played with many seeds, in each design, computed and drawn, with few runs a world and with many. What is true is taken
from closed forms (closed.py); else, of figures over worlds (quantiles, sd, drivers' shares), from the mean of LONG computed runs of
other seeds, whose error is told by how they differ and so not by the errors that are on trial; else from a long run, of times from a
drawn one, of all else from the one that has the smaller error.

Pooled by kind of figure, design and estimator, the share that is covered has to lie between 90 and 99 %. Figures of one run are
correlated, so a run counts once, by the share of its figures that are covered: with n runs that share is at least as sure as one of n
independent trials. A kind fails when it is outside the limits by more than such trials would be once in a thousand times (binomial
tails), and is not judged below LEAST runs.

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

import closed

SYRIA = "scenarios/syria/"
OTHER = "tests/coverage/other.cfg"
# worlds and runs, by estimator; drawn and computed, few and many runs a world
RUN = {"auto": (1024, 4), "draw": (512, 64)}
FEW = {"auto": (512, 4), "draw": (512, 32)}
SMALL = {"auto": (1024, 4), "auto 16": (512, 16), "draw": (512, 64), "draw 4": (1024, 4)}
CALLS = [(s, ["run", f"tests/coverage/{s}.cfg"], SMALL) for s in ("rates", "lever", "events")]
CALLS += [("first", ["run", "scenarios/first.cfg"], SMALL)]
CALLS += [(s, ["run", f"{SYRIA}{s}.cfg"], RUN) for s in ("2024-12", "2025-06", "s0-inss", "s2-ipsc", "s4-eutoday")]
CALLS += [("compare", ["compare", "scenarios/first.cfg", OTHER], FEW),
          ("pool", ["pool", "scenarios/first.cfg", OTHER], FEW),
          ("sweep", ["sweep", "scenarios/first.cfg", "--vary", "events.unrest.per_month=0.05,0.1,0.3"], FEW),
          ("score", ["score", "scenarios/first.cfg", OTHER, "--resolved", "tests/cases/cli/files/resolved-first.cfg"], FEW)]
CLOSED = ("rates", "lever", "events")
LONG = {"auto": (32768, 16), "draw": (32768, 128), "over worlds": (8192, 32), "how many": 16}
DESIGNS = ("stratified", "sobol", "mc")
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
LEAST = 100  # runs, to judge a kind by
ALARM = 1e-3
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
            summary = json.load(text)
        for name, question in (summary.get("questions") or {}).items():
            if question.get("measurable"):
                figures["uncertainty", name] = ("uncertainty: sd", question["sd_ignorance"], question["sd_se"])
        drivers = summary.get("drivers") or {}
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
                   "--estimator", estimator.split()[0], "--threads", str(threads), "--quiet", "--out", out]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
        if done.returncode:
            sys.exit(" ".join(command) + "\n" + done.stderr.decode(errors="replace"))
        return read_figures(out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def over_worlds(kind):
    return kind.startswith(("driver", "uncertainty")) or (": quantile" in kind and not kind.startswith("time_"))


def find_truth(program, name, arguments):
    """{key: (value, error)} of the closed forms, or of the long runs, with seeds that no short one has."""
    if name in CLOSED:
        return closed.truth(name)
    seed, truth, several = 10**9, {}, collections.defaultdict(list)
    computed = play(program, arguments, LONG["auto"], seed, "sobol", "auto", os.cpu_count())
    drawn = play(program, arguments, LONG["draw"], seed + 1, "sobol", "draw", os.cpu_count())
    for key, (kind, value, error) in drawn.items():
        other = computed.get(key)
        better = other and not kind.startswith("time_") and other[2] < error
        truth[key] = other[1:] if better else (value, error)
    for i in range(LONG["how many"] if any(over_worlds(k) for k, _, _ in drawn.values()) else 0):
        for key, (kind, value, _) in play(program, arguments, LONG["over worlds"], seed + 2 + i, "stratified", "auto",
                                          os.cpu_count()).items():
            if over_worlds(kind) and not math.isnan(value):
                several[key].append(value)
    for key, values in several.items():
        mean, n = sum(values) / len(values), len(values)
        truth[key] = (mean, math.sqrt(sum((x - mean) ** 2 for x in values) / max(1, n - 1) / n))
    return truth


def is_share(kind):
    return kind.startswith(("question: mean", "state", "bases_held", "curve", "time_to_loss: cdf"))


class Counts:
    def __init__(self):
        self.runs = collections.defaultdict(list)  # (kind, design, estimator): per run, the share covered
        self.z2 = collections.Counter()
        self.n = collections.Counter()
        self.left_out = collections.Counter()

    def add(self, figures, truth, cell, draws):
        hits, n = collections.Counter(), collections.Counter()
        for key, (kind, value, error) in figures.items():
            true, true_error = truth.get(key, (math.nan, math.nan))
            if not error > 0.0 or math.isnan(value) or math.isnan(true):
                continue
            if is_share(kind) and draws * min(true, 1.0 - true) < 10.0:
                self.left_out["too rare"] += 1
            elif not true_error <= 0.25 * error:
                self.left_out["true value not known well enough"] += 1
            else:
                z = abs(value - true) / math.hypot(error, true_error)
                n[kind] += 1
                hits[kind] += z <= 1.96
                self.z2[(kind, *cell)] += min(z, 10.0) ** 2
        for kind in n:
            self.runs[(kind, *cell)].append(hits[kind] / n[kind])
            self.n[(kind, *cell)] += n[kind]


def log_tail(n, least, p):
    """log P(at least so many of n independent trials of chance p)."""
    terms = [math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * math.log(p) + (n - k) * math.log1p(-p)
             for k in range(math.ceil(least - 1e-9), n + 1)]
    most = max(terms, default=-math.inf)
    return most + math.log(sum(math.exp(t - most) for t in terms)) if terms else -math.inf


def verdict(shares):
    """What is wrong with the shares of so many runs; "": nothing that could not be chance."""
    n, hits = len(shares), sum(shares)
    if n < LEAST:
        return "not judged"
    if hits > HIGH * n and log_tail(n, hits, HIGH) < math.log(ALARM):
        return "too wide"
    if hits < LOW * n and log_tail(n, n - hits, 1.0 - LOW) < math.log(ALARM):
        return "too narrow"
    return ""


def play_call(arguments, place, call, counts, started):
    """Play one call with all its seeds; no two calls have a seed in common, whose runs would be correlated."""
    name, words, sizes = call
    print(f"{name}: what is true ...", flush=True)
    truth = find_truth(arguments.program, name, words)
    jobs = [(1000000 * (place + 1) + seed, d, e) for seed in range(arguments.seeds) for d in DESIGNS for e in sizes]
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        todo = {pool.submit(play, arguments.program, words, sizes[e], seed, d, e): (d, e) for seed, d, e in jobs}
        for n, future in enumerate(concurrent.futures.as_completed(todo), 1):
            cell = todo.pop(future)
            counts.add(future.result(), truth, cell, math.prod(sizes[cell[1]]))
            if n % 500 == 0:
                print(f"{name}: {n} of {len(jobs)} runs, {time.time() - started:.0f} s", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--only", default="", help="calls whose name is one of these, separated by commas")
    parser.add_argument("--list", default="build/coverage-of-intervals.csv", help="where all shares are listed")
    arguments = parser.parse_args()
    counts, started = Counts(), time.time()
    for place, call in enumerate(CALLS):
        if not arguments.only or call[0] in arguments.only.split(","):
            play_call(arguments, place, call, counts, started)
    os.makedirs(os.path.dirname(arguments.list) or ".", exist_ok=True)
    bad = judged = 0
    with open(arguments.list, "w", encoding="utf-8") as out:
        print("kind,design,estimator,runs,figures,covered,rms_z,verdict", file=out)
        print(f"{'kind':28} {'design':11} {'estimator':9} {'runs':>6} {'figures':>8} covered  rms z")
        for at in sorted(counts.runs):
            shares, n = counts.runs[at], counts.n[at]
            share, z, wrong = sum(shares) / len(shares), math.sqrt(counts.z2[at] / n), verdict(shares)
            bad += wrong not in ("", "not judged")
            judged += wrong != "not judged"
            print(f"{at[0]:28} {at[1]:11} {at[2]:9} {len(shares):6} {n:8} {100 * share:5.1f} % {z:6.2f}  {wrong}")
            print(f"{at[0]},{at[1]},{at[2]},{len(shares)},{n},{share:.5f},{z:.3f},{wrong}", file=out)
    for why, n in sorted(counts.left_out.items()):
        print(f"left out: {n}, {why}")
    print(f"{judged - bad} passed, {bad} failed, {len(counts.runs) - judged} not judged")
    return bad > 0 or not judged


if __name__ == "__main__":
    sys.exit(main())

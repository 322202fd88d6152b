#!/usr/bin/env python3
"""Random scenarios, played by foothold and by a plain program of its own that shares nothing with it.

    cross.py FOOTHOLD [SCENARIOS [HISTORIES]]

A scenario has one or two bases and a few events, with all that can bear on a clock: rates that change, dates, effects, what
holds otherwise, requirements, endings, recurrence, couplings, frailties. The program here goes from one thing that happens to
the next and works everything out anew each time. Both say how likely each state of each base and the coming of each event is
at two months; each difference is held against its standard error. Seeds are fixed; by chance alone one in a hundred million
such runs would fail. Ends with `N passed, N failed`.
"""
import csv
import datetime
import io
import math
import random
import subprocess
import sys
import tempfile

HORIZON, MONTHS = 24.0, (9, 24)
AS_OF, DAYS_A_MONTH = datetime.date(2025, 1, 1), 365.25 / 12
STATES, HELD = ("LOST", "NOTICED", "LIMBO", "DEAL"), ("NOTICED", "LIMBO", "DEAL")
TRANSITIONS = {
    "exit": (["LIMBO"], "LOST"),
    "notice": (["LIMBO"], "NOTICED"),
    "expel": (["NOTICED"], "LOST"),
    "sign": (["LIMBO", "NOTICED"], "DEAL"),
    "lapse": (["DEAL"], "NOTICED"),
}
MOST = 7.0  # standard errors
NEVER = math.inf


# ---- a scenario ----

def random_rate(rng, low, high):
    """Months from which on a rate holds, and the rate."""
    rate = [(0.0, round(rng.uniform(low, high), 3))]
    if rng.random() < 0.4:
        rate.append((round(rng.uniform(2, 15), 2), rng.choice([0.0, round(rng.uniform(low, high), 3)])))
    return rate


def random_timing(rng):
    kind = rng.choice(["at", "on", "rate", "date", "within", "alone"])
    chance = round(rng.uniform(0.2, 0.9), 2)
    if kind == "at":
        return {"kind": kind, "at": round(rng.uniform(0.1, 20), 3)}
    if kind == "on":
        return {"kind": kind, "days": rng.randint(-300, 300)}
    if kind == "rate":
        return {"kind": kind, "rate": random_rate(rng, 0.02, 0.4)}
    if kind == "date":
        low = round(rng.uniform(0, 10), 2)
        return {"kind": kind, "chance": chance if rng.random() < 0.8 else 1.0, "low": low,
                "high": round(low + rng.uniform(1, 14), 2)}
    return {"kind": kind, "chance": chance, "within": round(rng.uniform(3, 20), 1) if kind == "within" else HORIZON}


def random_effects(rng, n, bases, later):
    """Hazard ratios by (name, base): of a transition, of one base (None: of all), or of a later event."""
    effects = {}
    for _ in range(n):
        if later and rng.random() < 0.4:
            target = (rng.choice(later), None)
        else:
            target = (rng.choice(list(TRANSITIONS)), rng.choice([None, None] + bases))
        if target[0] not in [name for name, _ in effects]:
            effects[target] = rng.choice([0.0, 0.3, 0.5, 2.0, 4.0, 9.0])
    return effects


def random_event(rng, bases, before, later):
    event = random_timing(rng)
    event["lasts"] = None
    if rng.random() < 0.6:
        length = round(rng.uniform(0.5, 4), 2)
        event["lasts"] = (length, length if rng.random() < 0.5 else length + round(rng.uniform(0.5, 5), 2))
    event["recurs"] = bool(event["lasts"]) and event["kind"] in ("rate", "within", "alone") and rng.random() < 0.6
    event["requires"] = rng.choice(before) if before and rng.random() < 0.35 else None
    event["effects"] = random_effects(rng, 2, bases, later)
    event["otherwise"] = random_effects(rng, 1, bases, later) if rng.random() < 0.4 else {}
    return event


def random_scenario(rng):
    bases = ["airfield", "port"][:rng.choice([1, 2, 2])]
    names = ["e%d" % i for i in range(rng.randint(3, 6))]
    rng.shuffle(names)  # what bears on what goes by another order than that of ids
    events = {name: random_event(rng, bases, names[:i], names[i + 1:]) for i, name in enumerate(names)}
    transitions = {}
    for name in TRANSITIONS:
        own = {base: round(rng.uniform(0.4, 2), 2) for base in bases if rng.random() < 0.3}
        transitions[name] = {"rate": random_rate(rng, 0.01, 0.15), "own": own,
                             "requires": rng.choice(names) if rng.random() < 0.2 else None}
    couplings = []
    for base, other in (bases, bases[::-1]) if len(bases) == 2 else ():
        if rng.random() < 0.5:
            couplings.append((base, rng.choice(["LOST", "NOTICED", "DEAL", "lost", "held"]), other,
                              rng.choice(list(TRANSITIONS)), rng.choice([0.3, 4.0])))
    frail = list(TRANSITIONS) + [name for name in names if events[name]["kind"] not in ("at", "on")]
    frailty = (rng.choice([0.4, 1.5]), rng.sample(frail, rng.randint(1, 3))) if rng.random() < 0.5 else None
    return {"bases": bases, "events": events, "transitions": transitions, "couplings": couplings, "frailty": frailty}


def rate_text(rate):
    return "%g" % rate[0][1] if len(rate) == 1 else "(%s)" % ", ".join("(%g, %g)" % step for step in rate)


def timing_text(event):
    return {"at": lambda: "at = %(at)g;" % event,
            "on": lambda: 'on = "%s";' % (AS_OF + datetime.timedelta(days=event["days"])).isoformat(),
            "rate": lambda: "per_month = %s;" % rate_text(event["rate"]),
            "date": lambda: 'chance = %(chance)g; when = ("uniform", %(low)g, %(high)g);' % event,
            "within": lambda: "chance = %(chance)g; within = %(within)g;" % event,
            "alone": lambda: "chance = %(chance)g;" % event}[event["kind"]]()


def effects_text(key, effects):
    narrow = {}
    for (name, base), ratio in effects.items():
        narrow.setdefault(base, []).append("%s = %g;" % (name, ratio))
    groups = [" ".join(inner) if base is None else "%s = { %s };" % (base, " ".join(inner))
              for base, inner in narrow.items()]
    return "%s = { %s };" % (key, " ".join(groups)) if effects else ""


def scenario_text(scenario):
    events, transitions = scenario["events"], scenario["transitions"]
    lines = ['format = 1; as_of = "%s"; horizon = %g;' % (AS_OF.isoformat(), HORIZON),
             "states = { LOST = { held = false; final = true; }; NOTICED = { held = true; };",
             "           LIMBO = { held = true; initial = true; }; DEAL = { held = true; deal = true; }; };", "bases = {"]
    for base in scenario["bases"]:
        own = ["%s = %g;" % (name, row["own"][base]) for name, row in transitions.items() if base in row["own"]]
        lines.append("  %s = { %s };" % (base, "rates = { %s };" % " ".join(own) if own else ""))
    lines.append("}; transitions = {")
    for name, row in transitions.items():
        lines.append('  %s = { from = [%s]; to = "%s"; per_month = %s; %s };' %
                     (name, ", ".join('"%s"' % state for state in TRANSITIONS[name][0]), TRANSITIONS[name][1],
                      rate_text(row["rate"]), 'requires = "%s";' % row["requires"] if row["requires"] else ""))
    lines.append("}; events = {")
    for name, event in events.items():
        lasts = event["lasts"] and (("%g" if event["lasts"][0] == event["lasts"][1] else '("uniform", %g, %g)') %
                                    event["lasts"][:1 + (event["lasts"][0] != event["lasts"][1])])
        lines.append("  %s = { %s %s %s %s %s %s };" %
                     (name, timing_text(event), "lasts = %s;" % lasts if lasts else "",
                      "recurs = true;" if event["recurs"] else "",
                      'requires = "%s";' % event["requires"] if event["requires"] else "",
                      effects_text("effects", event["effects"]), effects_text("otherwise", event["otherwise"])))
    lines.append("};")
    if scenario["couplings"]:
        lines.append("couplings = (%s);" % ", ".join('{ when = "%s %s"; effects = { %s = { %s = %g; }; }; }' % coupling
                                                     for coupling in scenario["couplings"]))
    if scenario["frailty"]:
        lines.append("dependence = { host = { variance = %g; on = [%s]; }; };" %
                     (scenario["frailty"][0], ", ".join('"%s"' % name for name in scenario["frailty"][1])))
    lines.append("questions = {")
    for month in MONTHS:
        for base in scenario["bases"]:
            for state in STATES:
                lines.append('  %s_%s_%d = { bases = ["%s"]; are = "%s"; month = %d.0; };' %
                             (base, state, month, base, state, month))
        for name in events:
            lines.append('  %s_%d = { happens = "%s"; month = %d.0; };' % (name, month, name, month))
    return "\n".join(lines) + "\n};\n"


# ---- a history, by the plain program ----

class History:
    """A clock is (event, None) or (transition, base); it rings when its hazard's integral has used up its threshold."""

    def __init__(self, scenario, rng):
        self.scenario, self.rng, self.month = scenario, rng, 0.0
        self.events, self.transitions = scenario["events"], scenario["transitions"]
        self.state = {base: "LIMBO" for base in scenario["bases"]}
        self.ends, self.came = {}, {}  # ends: of what is on
        self.moves = []
        self.clocks = [(name, None) for name in self.events]
        self.clocks += [(name, base) for base in scenario["bases"] for name in self.transitions]
        self.left = {clock: rng.expovariate(1.0) for clock in self.clocks}
        variance, self.frail = scenario["frailty"] or (1.0, [])
        self.frailty = rng.gammavariate(1.0 / variance, variance)

    def is_enabled(self, clock):
        name, base = clock
        if base is None:
            event = self.events[name]
            if name in self.ends or (name in self.came and not event["recurs"]):
                return False
            return event["requires"] is None or event["requires"] in self.ends
        needs = self.transitions[name]["requires"]
        return self.state[base] in TRANSITIONS[name][0] and (needs is None or needs in self.ends)

    def ratio(self, clock):
        name, base = clock
        ratio = self.frailty if name in self.frail else 1.0
        if base is not None:
            ratio *= self.transitions[name]["own"].get(base, 1.0)
        for other, event in self.events.items():
            acting = [event["effects"]] if other in self.ends else []
            for effects in acting + ([event["otherwise"]] if other not in self.came else []):
                for target in {clock, (name, None)}:
                    ratio *= effects.get(target, 1.0)
        for when, state, target, transition, by in self.scenario["couplings"]:
            now = self.state[when]
            holds = now in HELD if state == "held" else now not in HELD if state == "lost" else now == state
            if (transition, target) == clock and holds:
                ratio *= by
        return ratio

    def rate(self, clock):
        """Steps of the baseline rate; None: it goes by a date."""
        name, base = clock
        row = self.events[name] if base is None else self.transitions[name]
        if "rate" in row:
            return row["rate"]
        return [(0.0, -math.log(1.0 - row["chance"]) / row["within"])] if "within" in row else None

    def hazard(self, clock, month):
        """The baseline's integral up to a month."""
        rate = self.rate(clock)
        if rate:
            ends = [step[0] for step in rate[1:]] + [NEVER]
            return sum(by * max(0.0, min(month, end) - begin) for (begin, by), end in zip(rate, ends))
        event = self.events[clock[0]]
        passed = event["chance"] * min(1.0, max(0.0, (month - event["low"]) / (event["high"] - event["low"])))
        return -math.log(1.0 - passed) if passed < 1.0 else NEVER

    def month_of(self, clock, hazard):
        rate = self.rate(clock)
        if rate:
            ends = [step[0] for step in rate[1:]] + [NEVER]
            for (begin, by), end in zip(rate, ends):
                if by > 0.0 and hazard <= by * (end - begin):
                    return begin + hazard / by
                hazard -= by * (end - begin) if by > 0.0 else 0.0
            return NEVER
        event = self.events[clock[0]]
        share = -math.expm1(-hazard) / event["chance"]
        return event["low"] + share * (event["high"] - event["low"]) if share <= 1.0 else NEVER

    def ring(self, clock):
        """When an enabled clock rings, if nothing changes."""
        ratio, event = self.ratio(clock), self.events.get(clock[0])
        if ratio == 0.0:
            return NEVER
        if event and event["kind"] in ("at", "on"):
            month = event["at"] if event["kind"] == "at" else event["days"] / DAYS_A_MONTH
            return month if month >= self.month else 0.0 if self.month == 0.0 else NEVER
        passed = self.hazard(clock, self.month)
        return max(self.month, self.month_of(clock, passed + self.left[clock] / ratio)) if passed < NEVER else NEVER

    def pass_time(self, month, ringing):
        for clock in self.clocks:
            event = self.events.get(clock[0])
            if clock != ringing and self.is_enabled(clock) and not (event and event["kind"] in ("at", "on")):
                ratio = self.ratio(clock)
                if ratio > 0.0:
                    used = ratio * (self.hazard(clock, month) - self.hazard(clock, self.month))
                    self.left[clock] = max(0.0, self.left[clock] - used)
        self.month = month

    def happen(self, clock):
        name, base = clock
        self.left[clock] = self.rng.expovariate(1.0)
        if base is not None:
            self.state[base] = TRANSITIONS[name][1]
            self.moves.append((self.month, base, self.state[base]))
            return
        event = self.events[name]
        self.came.setdefault(name, self.month)
        begun = min(self.month, event["days"] / DAYS_A_MONTH) if event["kind"] == "on" else self.month
        end = begun + self.rng.uniform(*event["lasts"]) if event["lasts"] else NEVER
        if end > self.month:
            self.ends[name] = end

    def play(self):
        while True:
            rings = [(self.ring(clock), clock) for clock in self.clocks if self.is_enabled(clock)]
            month, clock = min(rings, key=lambda ring: ring[0], default=(NEVER, None))
            ending = min(self.ends, key=self.ends.get, default=None)
            if ending and self.ends[ending] <= min(month, HORIZON):
                self.pass_time(self.ends[ending], None)
                del self.ends[ending]
            elif month <= HORIZON:
                self.pass_time(month, clock)
                self.happen(clock)
            else:
                return self

    def answers(self):
        for month in MONTHS:
            state = {base: "LIMBO" for base in self.state}
            state.update((base, to) for when, base, to in self.moves if when <= month)
            yield from ("%s_%s_%d" % (base, now, month) for base, now in state.items())
            yield from ("%s_%d" % (name, month) for name, when in self.came.items() if when <= month)


# ---- both ----

def plain_answers(scenario, rng, histories):
    count = {}
    for _ in range(histories):
        for question in History(scenario, rng).play().answers():
            count[question] = count.get(question, 0) + 1
    return count


def foothold_answers(foothold, path, estimator, folder):
    run = subprocess.run([foothold, "run", path, "--quiet", "--format", "csv", "--seed", "1", "--worlds", "1024",
                          "--runs", "64", "--estimator", estimator, "--out", folder],
                         capture_output=True, text=True, check=True)
    rows = [row for row in csv.DictReader(io.StringIO(run.stdout))
            if row["location"] == "all" and row["output_type"] == "mean" and not row["target"].startswith("time_to_")]
    return {row["target"]: (float(row["value"]), float(row["se"])) for row in rows}


def differences(found, count, histories):
    for question, (p, se) in found.items():
        plain = count.get(question, 0) / histories
        plain_se = math.sqrt((plain * (1.0 - plain) + 1.0 / histories) / histories)
        if abs(p - plain) > MOST * math.hypot(se, plain_se):
            yield "%s: %.5f, but by the plain program %.5f" % (question, p, plain)


def main():
    foothold = sys.argv[1]
    scenarios, histories = ([int(argument) for argument in sys.argv[2:4]] + [60, 4000][len(sys.argv) - 2:])[:2]
    n_failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(scenarios):
            rng = random.Random(seed)
            scenario, path = random_scenario(rng), "%s/%d.cfg" % (folder, seed)
            with open(path, "w", encoding="ascii") as file:
                file.write(scenario_text(scenario))
            count = plain_answers(scenario, rng, histories)
            told = [estimator + " " + difference for estimator in ("draw", "conditional")
                    for difference in differences(foothold_answers(foothold, path, estimator, folder + "/out"), count,
                                                  histories)]
            n_failed += bool(told)
            print("not ok - scenario %d\n%s\n%s" % (seed, "\n".join(told), scenario_text(scenario)) if told
                  else "ok - scenario %d" % seed, flush=True)
    print("%d passed, %d failed" % (scenarios - n_failed, n_failed))
    return n_failed > 0


if __name__ == "__main__":
    sys.exit(main())

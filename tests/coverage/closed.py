"""True figures of the one-base scenarios beside this file, from their closed forms.

A scenario's uncertain quantities are taken at the middles of N slices of equal probability; where there are two, at all pairs."""
import math
import statistics

NORMAL = statistics.NormalDist()


def lognormal(low, high, n):
    """Values of ("lognormal", low, high): its 5 and 95 % points."""
    mu, sigma = 0.5 * math.log(low * high), math.log(high / low) / (2.0 * NORMAL.inv_cdf(0.95))
    return [math.exp(mu + sigma * NORMAL.inv_cdf((i + 0.5) / n)) for i in range(n)]


def uniform(low, high, n):
    return [low + (high - low) * (i + 0.5) / n for i in range(n)]


def beta(mean, ess, n):
    """Values of ("beta", mean, ess), by summing the density up on a fine grid."""
    a, b, steps = mean * ess, (1.0 - mean) * ess, 400000
    log_norm = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    values, below = [], 0.0
    for i in range(steps):
        x = (i + 0.5) / steps
        mass = math.exp(log_norm + (a - 1.0) * math.log(x) + (b - 1.0) * math.log1p(-x)) / steps
        while len(values) < n and below + mass >= (len(values) + 0.5) / n:
            values.append((i + ((len(values) + 0.5) / n - below) / mass) / steps)
        below += mass
    return values + [1.0] * (n - len(values))


def figures_of(p, rows):
    """Mean, sd, quantiles of equally likely values, and the share of the variance that lies between rows of them."""
    n, mean = len(p), sum(p) / len(p)
    variance = sum((x - mean) ** 2 for x in p) / n
    ordered = sorted(p)
    quantile = {level: ordered[int(level * n)] for level in (0.05, 0.5, 0.95)}
    index = [sum((sum(row) / len(row) - mean) ** 2 for row in by) / len(by) / variance for by in rows]
    return mean, math.sqrt(variance), quantile, index


def rates():
    n = 1000
    exits, flees = lognormal(0.005, 0.03, n), lognormal(0.004, 0.012, n)
    p = [[math.exp(-12.0 * (a + b)) for b in flees] for a in exits]
    flat = [x for row in p for x in row]
    return {"kept": (figures_of(flat, [p, list(zip(*p))]), ["transitions.exit.per_month", "transitions.flee.per_month"])}


def kept(chance):
    """Held at 24: exit .02 a month, .4 from when the lever comes, at the constant rate that gives the chance by month 12."""
    rate = -math.log1p(-chance) / 12.0
    # until it comes all that ends the stay is exit + lever; then .4
    out = rate + 0.02 - 0.4
    return math.exp(-24.0 * (rate + 0.02)) + rate * math.exp(-9.6) * (-math.expm1(-24.0 * out) / out if out else 24.0)


def lever():
    chances = beta(0.5, 20, 20000)
    p = [kept(c) for c in chances]
    path = ["levers.lever.chance"]
    return {"kept": (figures_of(p, [[[x] for x in p]]), path), "comes": (figures_of(chances, [[[x] for x in chances]]), path)}


def events():
    rare, often = beta(0.1, 30, 20000), uniform(0.3, 0.9, 20000)
    paths = ["events.rare.chance", "events.often.chance"]
    out = {}
    for i, (name, p) in enumerate((("rare", rare), ("often", often))):
        mean, sd, quantile, _ = figures_of(p, [])
        out[name] = ((mean, sd, quantile, [float(i == 0), float(i == 1)]), paths)
    return out


def truth(scenario):
    """{key: (value, error)}, keyed as coverage.py keys what it reads."""
    months = {"rates": {"kept": "12"}, "lever": {"kept": "24", "comes": "12"}, "events": {"rare": "12", "often": "12"}}[scenario]
    out = {}
    for name, ((mean, sd, quantile, index), paths) in {"rates": rates, "lever": lever, "events": events}[scenario]().items():
        at = ("summary.csv", "value", scenario, name, "all", months[name])
        out[at + ("mean", "NA")] = (mean, 0.0)
        for level, value in quantile.items():
            out[at + ("quantile", str(level))] = (value, 0.0)
        out["uncertainty", name] = (sd, 0.0)
        for path, value in zip(paths, index):
            out["drivers", name, path] = (value, 0.0)
    return out


if __name__ == "__main__":
    for word in ("rates", "lever", "events"):
        for key, value in truth(word).items():
            print(word, *key[-3:], value[0])

"""Writes statistics.json: 200 random tables with the results of scipy and statsmodels. See README.md."""

import json
import math
from pathlib import Path

import numpy as np
from scipy import special, stats
from scipy.optimize import brentq, minimize_scalar
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.descriptivestats import sign_test
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.power import TTestPower
from statsmodels.stats.proportion import proportion_confint

rng = np.random.default_rng(20260101)


def scores(kind, rows):
    """Scores of two variants: continuous, skewed, coarse (with ties and zeros), or passed and failed."""
    if kind == 0:
        first = rng.normal(0.5, 0.2, rows)
        return first, first + rng.normal(rng.uniform(-0.1, 0.1), 0.1, rows)
    if kind == 1:
        return rng.exponential(1, rows), rng.exponential(rng.uniform(0.8, 1.3), rows)
    if kind == 2:
        return rng.integers(0, 5, rows) / 4, rng.integers(0, 5, rows) / 4
    return rng.integers(0, 2, rows), (rng.random(rows) < 0.6).astype(int)


def wilcoxon_p(differences):
    """scipy's exact p-value where it has one: without ties, or with ties up to 13 rows. None in between, the approximation above 50."""
    kept = differences[differences != 0]
    sizes = np.abs(kept)
    if len(kept) == 0:
        return None
    if len(kept) > 50:
        return stats.wilcoxon(kept, correction=False, method="asymptotic").pvalue
    if len(np.unique(sizes)) == len(sizes):
        return stats.wilcoxon(kept, method="exact").pvalue
    if len(kept) <= 13:
        return stats.wilcoxon(kept, method=stats.PermutationMethod(n_resamples=10_000)).pvalue
    return None


def power_of_mcnemar(rows, only_first, only_second, alpha):
    """The exact power, by enumeration with scipy.stats.binom."""
    differing = only_first + only_second
    power = 0.0
    for count in range(rows + 1):
        smaller = np.arange(0, (count + 1) // 2)
        seen = smaller[2 * stats.binom.cdf(smaller, count, 0.5) <= alpha]
        if len(seen) == 0:
            continue
        share = only_first / differing
        reject = stats.binom.cdf(seen[-1], count, share) + stats.binom.cdf(seen[-1], count, 1 - share)
        power += stats.binom.pmf(count, rows, differing) * reject
    return power


def bounded_interval(values, level):
    """Predictable plug-in empirical Bernstein (Waudby-Smith and Ramdas, 2023, theorem 2) with numpy."""
    alpha = 1 - level
    x = (values + 1) / 2
    t = np.arange(1, len(x) + 1)
    means = (0.5 + np.cumsum(x)) / (t + 1)
    variances = (0.25 + np.cumsum((x - means) ** 2)) / (t + 1)
    means_before = np.concatenate([[0.5], means[:-1]])
    variances_before = np.concatenate([[0.25], variances[:-1]])
    bets = np.minimum(np.sqrt(2 * np.log(2 / alpha) / (variances_before * t * np.log(1 + t))), 0.5)
    psi = (-np.log(1 - bets) - bets) / 4
    reach = (np.log(2 / alpha) + np.sum(4 * (x - means_before) ** 2 * psi)) / np.sum(bets)
    centre = np.sum(bets * x) / np.sum(bets)
    return [2 * max(0, centre - reach) - 1, 2 * min(1, centre + reach) - 1]


def unbounded_interval(values, level, tightest_at):
    """The asymptotic confidence sequence of Waudby-Smith and others (2024, theorem 2.2, rho by their appendix B.2) with numpy."""
    alpha, t = 1 - level, len(values)
    rho2 = (-2 * np.log(alpha) + np.log(-2 * np.log(alpha) + 1)) / tightest_at
    reach = np.std(values) * np.sqrt(2 * (t * rho2 + 1) / (t**2 * rho2) * np.log(np.sqrt(t * rho2 + 1) / alpha))
    return [np.mean(values) - reach, np.mean(values) + reach]


def evidence(s1, n1, s2, n2, difference):
    """The beta-binomial mixture of both arms against a difference, by scipy's bounded minimisation."""
    mixed = special.betaln(s1 + 1, n1 - s1 + 1) + special.betaln(s2 + 1, n2 - s2 + 1)

    def against(p):
        q = p + difference
        return mixed - special.xlogy(s1, p) - special.xlog1py(n1 - s1, -p) - special.xlogy(s2, q) - special.xlog1py(n2 - s2, -q)

    low, high = max(0, -difference), min(1, 1 - difference)
    return minimize_scalar(against, bounds=(low, high), method="bounded", options={"xatol": 1e-13}).fun


def proportions_interval(s1, n1, s2, n2, level):
    bound = math.log(1 / (1 - level))
    estimate = s2 / n2 - s1 / n1
    excess = lambda difference: evidence(s1, n1, s2, n2, difference) - bound
    edge = 1 - 1e-9
    low = brentq(excess, -edge, estimate, xtol=1e-12) if excess(-edge) > 0 else -1
    high = brentq(excess, estimate, edge, xtol=1e-12) if excess(edge) > 0 else 1
    return [low, high]


def kappa_of(table, weights):
    found = cohens_kappa(np.array(table), wt=weights)
    return [found.kappa, found.kappa_low, found.kappa_upp]


def make_table(number):
    rows = int(rng.integers(6, 70))
    first, second = (np.round(values, 3) for values in scores(number % 4, rows))
    differences = np.round(second - first, 6)
    found = stats.bootstrap((second - first,), np.mean, n_resamples=50_000, method="BCa", rng=rng, batch=5_000)
    interval = [found.confidence_interval.low, found.confidence_interval.high]
    split = [int(count) for count in rng.integers(0, 40, 2)]
    p_values = [float(p) for p in np.round(rng.uniform(0, 1, int(rng.integers(1, 12))) ** 3, 4)]
    levels = int(rng.integers(2, 6))
    ratings = (rng.integers(0, 8, (levels, levels)) + np.diag(rng.integers(1, 30, levels))).tolist()
    wilson_rows = int(rng.integers(1, 500))
    passed = int(rng.integers(0, wilson_rows + 1))
    effect = round(float(rng.uniform(0.08, 1)), 3)
    power_rows = int(rng.integers(4, 200))
    shares = [round(float(share), 3) for share in (rng.uniform(0.01, 0.25), rng.uniform(0.01, 0.4))]
    bounded = np.round(rng.uniform(-1, 1, 40) * rng.uniform(0.1, 1), 3)
    unbounded = np.round(rng.lognormal(0, 0.5, 110 if number % 8 == 0 else 0) - 1, 3)
    n1, n2 = (int(count) for count in rng.integers(5, 400, 2))
    s1, s2 = int(rng.integers(0, n1 + 1)), int(rng.integers(0, n2 + 1))
    signs = None if np.all(differences == 0) else sign_test(differences)[1]
    return {
        "first": first.tolist(),
        "second": second.tolist(),
        "mean": float(np.mean(second - first)),
        "bootstrap": interval,
        "sign": signs,
        "wilcoxon": wilcoxon_p(differences),
        "split": split,
        "mcnemar": float(mcnemar([[3, split[0]], [split[1], 3]], exact=True).pvalue) if sum(split) else 1.0,
        "pValues": p_values,
        "holm": multipletests(p_values, method="holm")[1].tolist(),
        "ratings": ratings,
        "kappa": {"none": kappa_of(ratings, None), "linear": kappa_of(ratings, "linear"), "quadratic": kappa_of(ratings, "quadratic")},
        "wilson": [passed, wilson_rows, *proportion_confint(passed, wilson_rows, method="wilson")],
        "effect": effect,
        "powerRows": power_rows,
        "pairedPower": float(TTestPower().power(effect, power_rows, 0.05)),
        "pairedRows": math.ceil(float(TTestPower().solve_power(effect, power=0.8, alpha=0.05))),
        "shares": shares,
        "mcnemarPower": power_of_mcnemar(power_rows, *shares, 0.05),
        "bounded": bounded.tolist(),
        "boundedInterval": bounded_interval(bounded, 0.95),
        "unbounded": unbounded.tolist(),
        "unboundedInterval": unbounded_interval(unbounded, 0.9, 500) if len(unbounded) else None,
        "arms": [s1, n1, s2, n2],
        "proportionsInterval": proportions_interval(s1, n1, s2, n2, 0.95),
    }


functions = {
    "gammaln": [[x, float(special.gammaln(x))] for x in (0.1, 0.5, 1, 2.5, 17.25, 400.5, 100_000.5)],
    "betainc": [[a, b, x, float(special.betainc(a, b, x))] for a, b, x in ((0.5, 0.5, 0.1), (3, 7, 0.4), (200, 300, 0.41), (5, 2000, 0.002))],
    "normalCdf": [[x, float(stats.norm.cdf(x))] for x in (-9.5, -7.2, -3, -1.96, -0.1, 0, 0.7, 2.5, 8)],
    "normalQuantile": [[p, float(stats.norm.ppf(p))] for p in (1e-12, 0.001, 0.02, 0.025, 0.3, 0.5, 0.9, 0.999)],
    "studentQuantile": [[p, f, float(stats.t.ppf(p, f))] for p, f in ((0.975, 1), (0.975, 4), (0.9, 30), (0.01, 200))],
    "noncentral": [[t, f, n, float(stats.nct.cdf(t, f, n))] for t, f, n in ((12.7, 1, 1), (2.5, 3, 0.5), (2, 30, 2.5), (-2, 8, 1), (1.97, 400, 3))],
    "binomial": [[k, n, p, float(stats.binom.cdf(k, n, p))] for k, n, p in ((0, 5, 0.5), (3, 10, 0.3), (480, 1000, 0.5), (9999, 10_000, 0.999))],
}


def compact(value):
    """Ten digits. NaN, which scipy's noncentral t gives now and then, becomes null."""
    return json.loads(json.dumps(value, default=float), parse_constant=lambda _: None, parse_float=lambda text: float(f"{float(text):.10g}"))


tables = [compact(make_table(number)) for number in range(200)]
lines = ",\n".join(json.dumps(table, separators=(",", ":")) for table in tables)
body = f'{{"functions":{json.dumps(functions)},\n"tables":[\n{lines}\n]}}\n'
Path(__file__).with_name("statistics.json").write_text(body)

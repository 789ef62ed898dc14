# SPDX-License-Identifier: EUPL-1.2
"""How much of itself a broker's memory grows by in an hour; run by itself, it
sees whether that tells a leak from what comes and goes."""
import random
import statistics

med = statistics.median


def growth(points, of=20):
    """Part of the first, an hour: the median of the slopes between all pairs,
    which a single step does not move, of the least in each OF looks that follow
    each other: what is on its way when it is looked at comes and goes."""
    least = [min(points[i:i + of], key=lambda p: p[1])
             for i in range(0, len(points) - of + 1, of)]
    slopes = [(b - a) / (t - s) for i, (s, a) in enumerate(least)
              for t, b in least[i + 1:]]
    return med(slopes) * 3600 / least[0][1]


def looks(leak, seed):
    """An hour's second half: 50 MiB that grow by LEAK an hour, and on top of
    them what is on its way, which is not independent from look to look."""
    random.seed(seed)
    busy, points = 0, []
    for second in range(1800, 3600, 5):
        busy = 0.8 * busy + random.gauss(0, 1)
        points.append((second, 50 * (1 + leak * second / 3600) + abs(busy)))
    return points


def main():
    for seed in range(20):
        none, some = growth(looks(0, seed)), growth(looks(0.03, seed))
        if none > 0.01 or some < 0.01:
            raise SystemExit(f"growth: seed {seed}: without a leak {none:.4f}, "
                             f"with 0.03 an hour {some:.4f}")


if __name__ == "__main__":
    main()

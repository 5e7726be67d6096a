import {
  addEntries,
  bucketsOfHistogram,
  percentileOf,
  type CallFigures,
  type DashboardFigures,
  type RatingFigures,
  type RunFigures,
  type SavingFigures,
} from '@heddle/core';

/** The rows of one read, as the store returns them. */
export interface FigureRows {
  readonly runs: readonly RunFigures[];
  readonly calls: readonly CallFigures[];
  readonly savings: readonly SavingFigures[];
  readonly ratings: readonly RatingFigures[];
}

/** Sums rows to the figures of a period or a group. */
export class FigureSum {
  readonly durations = new Uint32Array(bucketsOfHistogram);
  readonly firstTokens = new Uint32Array(bucketsOfHistogram);
  private readonly counts = {
    runs: 0,
    failed: 0,
    cancelled: 0,
    calls: 0,
    failedCalls: 0,
    inputTokens: 0,
    outputTokens: 0,
    ratings: 0,
    goodRatings: 0,
    ratingSum: 0,
  };
  private readonly cost: Record<string, number> = Object.create(null) as Record<string, number>; // No prototype, because others choose the names of currencies.
  private readonly saved = {
    cache: Object.create(null) as Record<string, number>,
    routing: Object.create(null) as Record<string, number>,
  };

  addRuns({ status, runs, durations }: RunFigures): void {
    this.counts.runs += runs;
    if (status === 'failed') this.counts.failed += runs;
    if (status === 'cancelled') this.counts.cancelled += runs;
    addEntries(this.durations, durations);
  }

  addCalls({ calls, failed, inputTokens, outputTokens, cost, currency, firstTokens }: CallFigures): void {
    this.counts.calls += calls;
    this.counts.failedCalls += failed;
    this.counts.inputTokens += inputTokens;
    this.counts.outputTokens += outputTokens;
    if (cost !== 0) addMoney(this.cost, currency, cost);
    addEntries(this.firstTokens, firstTokens);
  }

  addSaving({ source, currency, money }: SavingFigures): void {
    if (money !== 0) addMoney(this.saved[source], currency, money);
  }

  addRating({ ratings, good, sum }: RatingFigures): void {
    this.counts.ratings += ratings;
    this.counts.goodRatings += good;
    this.counts.ratingSum += sum;
  }

  addAll({ runs, calls, savings, ratings }: FigureRows): void {
    for (const row of runs) this.addRuns(row);
    for (const row of calls) this.addCalls(row);
    for (const row of savings) this.addSaving(row);
    for (const row of ratings) this.addRating(row);
  }

  figures(): DashboardFigures {
    const { durations, firstTokens } = this;
    const at = (counts: Uint32Array, share: number): number | null => percentileOf(counts, share) ?? null;
    return {
      ...this.counts,
      p50: at(durations, 0.5),
      p95: at(durations, 0.95),
      p99: at(durations, 0.99),
      firstTokenP50: at(firstTokens, 0.5),
      firstTokenP95: at(firstTokens, 0.95),
      cost: { ...this.cost },
      savedByCache: { ...this.saved.cache },
      savedByRouting: { ...this.saved.routing },
    };
  }
}

function addMoney(sum: Record<string, number>, currency: string, money: number): void {
  sum[currency] = (sum[currency] ?? 0) + money;
}

import type { HistogramEntries } from './histogram.js';

/** Where a run came from: what figures are filtered by. */
export interface RollupGroup {
  readonly id: number;
  readonly project: string;
  /** Empty for a run of a document that is not stored. */
  readonly workflow: string;
  /** 0 for a draft. */
  readonly version: number;
  /** The id of the key or share link; else the kind of caller, such as `user` or `local`: people are not named. */
  readonly key: string;
  readonly channel: string;
}

/** What to read. `groups` names the groups that may be read; undefined reads all. */
export interface RollupQuery {
  /** Epoch milliseconds, inclusive. */
  readonly from: number;
  /** Epoch milliseconds, exclusive. */
  readonly to: number;
  /** Milliseconds of a step; a whole number of the units that are kept. */
  readonly step: number;
  readonly groups?: readonly number[] | undefined;
  readonly model?: string | undefined;
}

/** Runs that ended, by group and how they ended. */
export interface RunFigures {
  /** The step in which they ended, in epoch milliseconds. */
  readonly time: number;
  readonly group: number;
  readonly model: string;
  readonly status: string;
  /** Empty for a run that did not fail. */
  readonly code: string;
  readonly runs: number;
  readonly durations: HistogramEntries;
}

/** Calls of models. */
export interface CallFigures {
  readonly time: number;
  readonly group: number;
  readonly model: string;
  readonly currency: string;
  readonly calls: number;
  readonly failed: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number;
  readonly firstTokens: HistogramEntries;
}

/** Money that was not spent. */
export interface SavingFigures {
  readonly time: number;
  readonly group: number;
  readonly model: string;
  readonly source: 'cache' | 'routing';
  readonly currency: string;
  readonly money: number;
}

/** Failed runs by their cause, with the newest of them. */
export interface CauseFigures {
  readonly cause: string;
  readonly code: string;
  readonly node: string;
  readonly group: number;
  readonly runs: number;
  readonly lastRun: string;
  readonly lastAt: number;
}

/** Which runs of a time come first. */
export type ExampleOrder = 'newest' | 'slowest' | 'dearest' | 'longest';

/** A search for runs that show what a figure is about. */
export interface ExampleQuery {
  readonly from: number;
  readonly to: number;
  readonly order: ExampleOrder;
  readonly limit: number;
}

/** How far the rollups are behind the journal. */
interface RollupLag {
  /** Epoch milliseconds of the end of the oldest run that waits; undefined if none does. */
  readonly since: number | undefined;
  /** Runs of before the upgrade that wait; counted up to 100,000. */
  readonly waiting: number;
}

/** What one step of rolling up did. */
export interface RollupStep {
  readonly runs: number;
  readonly calls: number;
  /** Whether nothing that ended since the upgrade is left. */
  readonly isCaughtUp: boolean;
  /** Whether nothing at all is left. */
  readonly isDone: boolean;
}

/** Sums of runs and calls by minute, hour and day, made from the journal in the background. */
export interface RollupStore {
  /** Counts the next runs and calls, each exactly once, in one small transaction. Errors: `storage_*`, `database_*`. */
  step(limit: number): Promise<RollupStep>;
  /** Removes a small part of what is older than it is kept. Whether there was something. */
  prune(now: number): Promise<boolean>;
  lag(): Promise<RollupLag>;
  groups(): Promise<readonly RollupGroup[]>;
  /** Rows to add up: several may be of the same time, group and model. So are those of `calls` and `savings`. */
  runs(query: RollupQuery): Promise<readonly RunFigures[]>;
  calls(query: RollupQuery): Promise<readonly CallFigures[]>;
  savings(query: RollupQuery): Promise<readonly SavingFigures[]>;
  /** Most runs first. */
  causes(query: RollupQuery & { readonly limit: number }): Promise<readonly CauseFigures[]>;
  /** The newest failed runs of a time. */
  failedRuns(query: RollupQuery & { readonly limit: number }): Promise<readonly string[]>;
  /** Runs of groups that show best what a figure is about, as far as they are stored. */
  exampleRuns(query: ExampleQuery, groups: readonly RollupGroup[]): Promise<readonly string[]>;
}

/** The units that are kept, in milliseconds, and for how long. */
export const rollupUnits = {
  minute: { ms: 60_000, keepMs: 2 * 86_400_000 },
  hour: { ms: 3_600_000, keepMs: 120 * 86_400_000 },
  day: { ms: 86_400_000, keepMs: 1_100 * 86_400_000 },
} as const;

/** Ratings of runs in a time, as sums. */
export interface RatingFigures {
  readonly time: number;
  readonly workflow: string;
  /** 0 for a draft. */
  readonly version: number;
  readonly model: string;
  readonly ratings: number;
  readonly good: number;
  readonly sum: number;
}

/** Reads ratings for dashboards and alerts. */
export interface RatingsSource {
  ratings(query: Pick<RollupQuery, 'from' | 'to' | 'step' | 'model'>): Promise<readonly RatingFigures[]>;
  /** The newest badly rated runs of workflows. */
  badlyRated(query: {
    readonly from: number;
    readonly to: number;
    readonly workflows: readonly string[];
    readonly limit: number;
  }): Promise<readonly string[]>;
}

import type { HistogramEntries } from './histogram.js';

/** The properties of a run that figures can be filtered by. */
export interface RollupGroup {
  readonly id: number;
  readonly project: string;
  /** Empty for a run of a document that is not stored. */
  readonly workflow: string;
  /** 0 for a draft. */
  readonly version: number;
  /** The id of the API key or share link; otherwise the kind of caller, such as `user` or `local`. People are not named. */
  readonly key: string;
  readonly channel: string;
}

/** What to read. Only the groups in `groups` are read; undefined reads all. */
export interface RollupQuery {
  /** Epoch milliseconds, inclusive. */
  readonly from: number;
  /** Epoch milliseconds, exclusive. */
  readonly to: number;
  /** Length of a step in milliseconds: a multiple of a stored unit (see `rollupUnits`). */
  readonly step: number;
  readonly groups?: readonly number[] | undefined;
  readonly model?: string | undefined;
}

/** Finished runs, by group and outcome. */
export interface RunFigures {
  /** Start of the step in which they ended, in epoch milliseconds. */
  readonly time: number;
  readonly group: number;
  readonly model: string;
  readonly status: string;
  /** Empty for a run that did not fail. */
  readonly code: string;
  readonly runs: number;
  readonly durations: HistogramEntries;
}

/** Figures of model calls. */
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

/** Failed runs with the same cause, and the newest of them. */
export interface CauseFigures {
  readonly cause: string;
  readonly code: string;
  readonly node: string;
  readonly group: number;
  readonly runs: number;
  readonly lastRun: string;
  readonly lastAt: number;
}

/** The order in which example runs are chosen. */
export type ExampleOrder = 'newest' | 'slowest' | 'dearest' | 'longest';

/** A query for runs that are examples of a figure. */
export interface ExampleQuery {
  readonly from: number;
  readonly to: number;
  readonly order: ExampleOrder;
  readonly limit: number;
}

interface RollupLag {
  /** When the oldest uncounted run ended (epoch milliseconds); undefined if there is none. */
  readonly since: number | undefined;
  /** Uncounted runs from before the upgrade; counted up to 100,000. */
  readonly waiting: number;
}

/** The result of one rollup step. */
export interface RollupStep {
  readonly runs: number;
  readonly calls: number;
  /** Whether everything that ended since the upgrade is counted. */
  readonly isCaughtUp: boolean;
  /** Whether everything is counted. */
  readonly isDone: boolean;
}

/** Sums of runs and calls by minute, hour and day, computed from the journal in the background. */
export interface RollupStore {
  /** Counts the next runs and calls, each exactly once, in one small transaction. Errors: `storage_*`, `database_*`. */
  step(limit: number): Promise<RollupStep>;
  /** Removes a small part of the expired rollups. Returns whether there was anything to remove. */
  prune(now: number): Promise<boolean>;
  lag(): Promise<RollupLag>;
  groups(): Promise<readonly RollupGroup[]>;
  /** Returns rows to add up: several can have the same time, group and model. The same holds for `calls` and `savings`. */
  runs(query: RollupQuery): Promise<readonly RunFigures[]>;
  calls(query: RollupQuery): Promise<readonly CallFigures[]>;
  savings(query: RollupQuery): Promise<readonly SavingFigures[]>;
  /** Most runs first. */
  causes(query: RollupQuery & { readonly limit: number }): Promise<readonly CauseFigures[]>;
  /** Returns the newest failed runs of a period. */
  failedRuns(query: RollupQuery & { readonly limit: number }): Promise<readonly string[]>;
  /** Returns stored runs of these groups that are the best examples of a figure. */
  exampleRuns(query: ExampleQuery, groups: readonly RollupGroup[]): Promise<readonly string[]>;
}

/** The lengths of the stored units and how long each is kept, in milliseconds. */
export const rollupUnits = {
  minute: { ms: 60_000, keepMs: 2 * 86_400_000 },
  hour: { ms: 3_600_000, keepMs: 120 * 86_400_000 },
  day: { ms: 86_400_000, keepMs: 1_100 * 86_400_000 },
} as const;

/** Sums of the ratings in a period. */
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
  /** Returns the newest badly rated runs of workflows. */
  badlyRated(query: {
    readonly from: number;
    readonly to: number;
    readonly workflows: readonly string[];
    readonly limit: number;
  }): Promise<readonly string[]>;
}

import { createHash } from 'node:crypto';
import { bucketOf, normaliseMessage } from '@heddle/core';
import { emptyCounts } from '../sql/histogram-blob.js';

/** A saving as the journal records it. */
export interface Saving {
  readonly source: 'cache' | 'routing';
  readonly model: string;
  readonly currency: string;
  readonly money: number;
}

/** The fields of an ended run that the rollups count. */
export interface EndedRun {
  readonly group: number;
  readonly model: string;
  readonly status: string;
  readonly code: string;
  readonly endedAt: number;
  readonly ms: number;
  /** Set for failed runs. */
  readonly failure: { readonly runId: string; readonly node: string; readonly message: string } | undefined;
  readonly savings: readonly Saving[];
}

/** The fields of a model call that the rollups count. */
interface EndedCall {
  readonly group: number;
  readonly model: string;
  readonly currency: string;
  readonly endedAt: number;
  readonly isFailed: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cost: number;
  readonly firstTokenMs: number | null;
}

interface RunSum {
  readonly start: number;
  readonly group: number;
  readonly model: string;
  readonly status: string;
  readonly code: string;
  runs: number;
  readonly durations: Uint32Array;
}

interface CallSum {
  readonly start: number;
  readonly group: number;
  readonly model: string;
  readonly currency: string;
  calls: number;
  failed: number;
  inputTokens: number;
  outputTokens: number;
  cost: number;
  readonly firstTokens: Uint32Array;
}

interface SavingSum extends Saving {
  readonly start: number;
  readonly group: number;
  money: number;
}

interface CauseSum {
  readonly start: number;
  readonly group: number;
  readonly model: string;
  readonly cause: string;
  readonly code: string;
  readonly node: string;
  runs: number;
  lastRun: string;
  lastAt: number;
}

/** A key that is equal for all runs that failed for the same reason. */
function causeOf(code: string, node: string, message: string): string {
  return createHash('sha256')
    .update(JSON.stringify([code, node, normaliseMessage(message)]))
    .digest('hex')
    .slice(0, 16);
}

/** Sums runs and calls in memory by a unit of time, so that each row of the table is written once and not for each run. */
export class RollupSums {
  readonly runs = new Map<string, RunSum>();
  readonly calls = new Map<string, CallSum>();
  readonly savings = new Map<string, SavingSum>();
  readonly causes = new Map<string, CauseSum>();

  private readonly unitMs: number;

  constructor(unitMs: number) {
    this.unitMs = unitMs;
  }

  addRun(run: EndedRun): void {
    const { group, model, status, code, ms, endedAt, failure, savings } = run;
    const start = this.startOf(endedAt);
    const sum = entry(this.runs, [start, group, model, status, code], () => ({
      start,
      group,
      model,
      status,
      code,
      runs: 0,
      durations: emptyCounts(),
    }));
    sum.runs += 1;
    count(sum.durations, ms);
    for (const saving of savings) this.addSaving(start, group, saving);
    if (failure !== undefined) this.addCause(start, run, failure);
  }

  addCall(call: EndedCall): void {
    const { group, model, currency, firstTokenMs } = call;
    const start = this.startOf(call.endedAt);
    const sum = entry(this.calls, [start, group, model, currency], () => ({
      start,
      group,
      model,
      currency,
      calls: 0,
      failed: 0,
      inputTokens: 0,
      outputTokens: 0,
      cost: 0,
      firstTokens: emptyCounts(),
    }));
    sum.calls += 1;
    sum.failed += call.isFailed ? 1 : 0;
    sum.inputTokens += call.inputTokens;
    sum.outputTokens += call.outputTokens;
    sum.cost += call.cost;
    if (firstTokenMs !== null) count(sum.firstTokens, firstTokenMs);
  }

  private addSaving(start: number, group: number, saving: Saving): void {
    const { model, source, currency } = saving;
    const sum = entry(this.savings, [start, group, model, source, currency], () => ({
      start,
      group,
      model,
      source,
      currency,
      money: 0,
    }));
    sum.money += saving.money;
  }

  private addCause(start: number, run: EndedRun, { runId, node, message }: NonNullable<EndedRun['failure']>): void {
    const { group, model, code, endedAt } = run;
    const cause = causeOf(code, node, message);
    const sum = entry(this.causes, [start, group, model, cause], () => ({
      start,
      group,
      model,
      cause,
      code,
      node,
      runs: 0,
      lastRun: runId,
      lastAt: endedAt,
    }));
    sum.runs += 1;
    if (endedAt >= sum.lastAt) Object.assign(sum, { lastRun: runId, lastAt: endedAt });
  }

  private startOf(time: number): number {
    return Math.floor(time / this.unitMs) * this.unitMs;
  }
}

function entry<Value>(map: Map<string, Value>, key: readonly (string | number)[], make: () => Value): Value {
  const text = key.join('\u0000');
  const found = map.get(text);
  if (found !== undefined) return found;
  const made = make();
  map.set(text, made);
  return made;
}

function count(counts: Uint32Array, ms: number): void {
  const bucket = bucketOf(ms);
  counts[bucket] = (counts[bucket] ?? 0) + 1;
}

import { toErrorValue, type ErrorValue, type LiveEvent, type RunRecord } from '@heddle/core';
import type { AcceptedRun, EngineHost, RunHandle, RunOutcome } from '@heddle/engine';
import type { Engine } from '../runs/engine.js';

/** A run that the host began, and the functions with which a test drives it. */
export interface DrivenRun {
  readonly runId: string;
  readonly run: AcceptedRun;
  readonly isResumed: boolean;
  /** Commits records and emits them. */
  append(...records: readonly RunRecord[]): Promise<void>;
  /** Emits a live event. */
  say(event: Omit<Extract<LiveEvent, { type: 'node-delta' }>, 'runId' | 'time' | 'type'>): void;
  /** Ends the run as done, with these outputs. */
  finish(outputs?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Leaves memory like a run whose journal cannot be written; by default because the disk is full. */
  lose(error?: ErrorValue): void;
  /** From now on, ignores requests to cancel, as a run does that is about to leave memory. */
  leaveUnheard(): void;
  /** Leaves memory as suspended. */
  suspend(until?: number): Promise<void>;
  readonly answers: readonly { readonly requestId: string; readonly value: unknown }[];
}

/** An engine whose runs do what the test says. It schedules nothing; it imitates only what a host sees. */
export interface FakeEngine extends Engine {
  /** Resolves with the run of this id when it has begun. */
  driven(runId: string): Promise<DrivenRun>;
  /** The ids of the runs that have begun, in order. */
  readonly begun: readonly string[];
}

/** Creates a fake engine. With `auto`, each run ends at once, with its inputs as outputs. */
export function createFakeEngine(options: { readonly auto?: boolean } = {}): FakeEngine {
  const begun: string[] = [];
  const runs = new Map<string, DrivenRun>();
  const waiting = new Map<string, ((run: DrivenRun) => void)[]>();

  const begin = (host: EngineHost, run: AcceptedRun, isResumed: boolean): RunHandle => {
    const { runId } = run.acceptance;
    let settle: (outcome: RunOutcome) => void = () => undefined;
    const done = new Promise<RunOutcome>((resolve) => (settle = resolve));
    const answers: { requestId: string; value: unknown }[] = [];
    let isLeaving = false;
    const append = async (...records: readonly RunRecord[]): Promise<void> => {
      const first = await host.journal.append(runId, records);
      host.emit(
        runId,
        records.map((record, index) => ({ ...record, runId, seq: first + index })),
      );
    };
    const driven: DrivenRun = {
      runId,
      run,
      isResumed,
      answers,
      append,
      say: (event) => host.emit(runId, [{ type: 'node-delta', runId, time: host.clock.now(), ...event }]),
      finish: async (outputs = {}) => {
        const labelled = Object.fromEntries(
          Object.entries(outputs).map(([name, value]) => [
            name,
            { value, label: { level: 'internal' as const, marks: [] } },
          ]),
        );
        await append({ type: 'run-end', time: host.clock.now(), status: 'done', outputs: labelled });
        settle({ runId, status: 'done', outputs: labelled });
      },
      lose: (error = { code: 'storage_full', message: 'The disk is full.', retryable: true }) =>
        settle({ runId, status: 'paused', error }),
      leaveUnheard: () => void (isLeaving = true),
      suspend: async (until) => {
        await append({ type: 'run-suspend', time: host.clock.now(), requests: [], until });
        settle({ runId, status: 'suspended', until });
      },
    };
    begun.push(runId);
    runs.set(runId, driven);
    for (const resolve of waiting.get(runId) ?? []) resolve(driven);
    waiting.delete(runId);
    void (async () => {
      if (!isResumed) await append({ type: 'run-start', time: host.clock.now() });
      if (options.auto === true)
        await driven.finish(
          Object.fromEntries(Object.entries(run.acceptance.inputs).map(([name, { value }]) => [name, value])),
        );
    })();
    return {
      runId,
      done,
      cancel: async (by, reason, fault) => {
        if (isLeaving) return done.then(() => false);
        await append(
          {
            type: 'cancel-request',
            time: host.clock.now(),
            by,
            reason: fault?.message ?? reason,
            code: fault?.code,
          },
          {
            type: 'run-end',
            time: host.clock.now(),
            status: 'cancelled',
            error: fault === undefined ? undefined : toErrorValue(fault),
          },
        );
        settle({ runId, status: 'cancelled' });
        return true;
      },
      wake: () => undefined,
      answer: async (requestId, answer) => {
        answers.push({ requestId, value: answer.value });
      },
      snapshot: () => ({ executions: [], journalTries: 0 }),
      pause: ({ reason }) =>
        settle({ runId, status: 'paused', error: { code: 'aborted', message: reason, retryable: false } }),
      release: async () => settle({ runId, status: 'released' }),
    };
  };

  return {
    begun,
    startRun: (host, run) => begin(host, run, false),
    resumeRun: (host, run) => begin(host, run, true),
    driven: (runId) => {
      const run = runs.get(runId);
      if (run !== undefined) return Promise.resolve(run);
      return new Promise((resolve) => waiting.set(runId, [...(waiting.get(runId) ?? []), resolve]));
    },
  };
}

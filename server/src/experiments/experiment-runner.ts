import {
  experimentScope,
  type CellEnd,
  type CellWork,
  type ExperimentStore,
  type StoredExperiment,
} from '@heddle/adapters/experiments';
import { isDone } from '@heddle/adapters/stores';
import { toHeddleError, type Audit } from '@heddle/core';
import { whyPaused } from '../channels/batches/why-paused.js';
import { isTemporaryForOneOfMany } from '../channels/is-temporary.js';
import { pause } from '../common/pause.js';
import type { CompileService } from '../compile/compile-service.js';
import { createBell } from '../common/bell.js';
import type { JobWork } from '../jobs/job.service.js';
import type { ProviderWaits } from '../provider-batches/provider-batch.service.js';
import { waitingSlots, type WaitingSlots } from '../provider-batches/waiting-slots.js';
import { judgeCell, refusedCell, startCell, type CellDependencies, type ReadyVariant } from './run-cell.js';
import { hasShared } from './shared-results.js';

export interface ExperimentRunnerDependencies extends CellDependencies {
  readonly compile: Pick<CompileService, 'planOf'>;
  readonly audit: Audit;
  readonly waits: ProviderWaits;
}

/** The wait before another try after a temporary error, such as `busy` or a fault of the store. */
const againMs = 1_000;
const countEveryMs = 200;
const readAhead = 64;

/**
 * Runs the cells of an experiment, several at a time, until all have ended. After an abort, started runs continue, and the next process
 * judges them. The experiment pauses by itself when its budget is spent, or when its owner may no longer run it.
 */
export async function runExperiment(
  experiment: StoredExperiment,
  dependencies: ExperimentRunnerDependencies,
  { signal, report }: Pick<JobWork, 'signal' | 'report'>,
): Promise<object> {
  const { store, clock } = dependencies;
  const variants = await readyVariants(experiment, dependencies);
  const ends = createEnds(experiment.id, store);
  for (;;) {
    try {
      await runCells(experiment, variants, { ...dependencies, ends, signal, report });
      signal.throwIfAborted();
      await pauseIfSpent(experiment, dependencies);
      // The end of a run may be missing because the store refused it, for example on a full disk. Only `running` finds such runs.
      const { state } = await store.money(experiment.id);
      const isLeft = state === 'going' && (await store.running(experiment.id)).length > 0;
      if (!isLeft) return await store.counts(experiment.id);
    } catch (thrown) {
      if (signal.aborted || !isTemporaryForOneOfMany(toHeddleError(thrown))) throw thrown;
    }
    await pause(clock, againMs, signal);
    signal.throwIfAborted();
  }
}

/** The workflows of the variants, as the experiment pinned them. */
async function readyVariants(
  { id, body }: StoredExperiment,
  { store, compile }: Pick<ExperimentRunnerDependencies, 'store' | 'compile'>,
): Promise<readonly ReadyVariant[]> {
  const ready: ReadyVariant[] = [];
  for (const variant of body.variants) {
    const bundle = await store.bundle(id, variant.hash);
    ready.push({ variant, compiled: { bundle, plan: await compile.planOf(bundle) } });
  }
  return ready;
}

interface Running extends ExperimentRunnerDependencies, Pick<JobWork, 'signal' | 'report'> {
  readonly ends: Ends;
}

async function runCells(
  experiment: StoredExperiment,
  variants: readonly ReadyVariant[],
  running: Running,
): Promise<void> {
  const { store, signal, waits } = running;
  const { concurrency, providerBatch } = experiment.body;
  const bell = createBell();
  const tell = createTell(experiment.id, running);
  const of = { owner: experimentScope(experiment.id), concurrency, providerBatch };
  const slots = waitingSlots(waits, of, bell.ring);
  const working = new Map<string, Promise<void>>();
  let fault: Error | undefined;
  const work = (cell: CellWork): void => {
    const key = keyOf(cell);
    const variant = variants[cell.variant - 1];
    if (variant === undefined || working.has(key)) return;
    const doing = workOn(experiment, cell, variant, running)
      .catch((error: unknown) => {
        fault ??= error instanceof Error ? error : new Error(String(error));
      })
      .finally(() => {
        working.delete(key);
        bell.ring();
      });
    working.set(key, doing);
  };
  // Runs that an earlier process started continue by themselves, and each takes a slot here.
  for (const cell of await store.running(experiment.id)) work(cell);
  const next = createNext(experiment, variants, store);
  while (!signal.aborted && fault === undefined) {
    await tell();
    const free = (await slots.count()) - working.size;
    // A cell that ends during the read may still be in the result, so the loop then reads once more.
    const before = new Set(working.keys());
    if (free > 0 && (await mayBegin(store, experiment.id, slots)))
      for (const cell of await next(free, before)) work(cell);
    if (working.size === 0 && before.size === 0) break;
    if (working.size === 0) continue;
    await bell.heard();
  }
  slots.stop();
  await Promise.all(working.values());
  if (fault !== undefined && !signal.aborted) throw fault;
}

/**
 * Chooses the next cells that are not running already. If results are reused, the runs of a row follow each other, because side by side all
 * would compute the same. Cells are read ahead, because each read parses whole rows; a cell that waits again is found by a later read.
 */
function createNext(
  { id, body: { concurrency, reuse = false, cacheModelCalls = false, providerBatch = 'off' } }: StoredExperiment,
  variants: readonly ReadyVariant[],
  store: ExperimentStore,
): (count: number, working: ReadonlySet<string>) => Promise<readonly CellWork[]> {
  const isByRow =
    reuse && providerBatch === 'off' && variants.some(({ compiled }) => hasShared(compiled.plan, cacheModelCalls));
  let ahead: CellWork[] = [];
  return async (count, working) => {
    const rows = new Set([...working].map((key) => key.slice(0, key.indexOf(':'))));
    const isFree = (cell: CellWork): boolean => (isByRow ? !rows.has(String(cell.number)) : !working.has(keyOf(cell)));
    // Running cells no longer wait, so the read does not return them.
    const most = Math.max(concurrency, count) + readAhead;
    if (ahead.length === 0)
      ahead = [...(await (isByRow ? store.waitingRows(id, most) : store.waiting(id, most)))].filter(isFree);
    return ahead.splice(0, count).filter(isFree);
  };
}

const keyOf = ({ number, repeat, variant }: CellWork): string => `${number}:${repeat}:${variant}`;

async function mayBegin(store: ExperimentStore, id: string, slots: WaitingSlots): Promise<boolean> {
  const held = await slots.reservedCost();
  const { state, budget, spent } = await store.money(id);
  return state === 'going' && (budget === undefined || spent + held < budget);
}

/** Counts cells only when a report is due, because counting 100,000 cells after each end would be slow. */
function createTell(id: string, { store, clock, report }: Running): () => Promise<void> {
  let countedAt = -Infinity;
  return async () => {
    if (Math.abs(clock.now() - countedAt) < countEveryMs) return;
    countedAt = clock.now();
    const { waiting, running, ...ended } = await store.counts(id);
    report({ waiting, running, ...ended });
  };
}

async function workOn(
  experiment: StoredExperiment,
  cell: CellWork,
  variant: ReadyVariant,
  running: Running,
): Promise<void> {
  const { signal, ends } = running;
  try {
    const runId = cell.run ?? (await startCell(experiment, cell, variant, running));
    const { plan } = variant.compiled;
    await ends.add(await judgeCell(experiment, cell, { runId, plan }, running, signal));
  } catch (thrown) {
    // An error during a stop does not count as a result of the row.
    if (signal.aborted) return;
    const error = toHeddleError(thrown);
    if (isTemporaryForOneOfMany(error)) {
      await pause(running.clock, againMs, signal);
      return;
    }
    const why = whyPaused(error);
    if (why !== undefined) return pauseFor(experiment, why, running);
    if ((await running.store.money(experiment.id)).state === 'going') await ends.add(refusedCell(cell, error));
  }
}

async function pauseIfSpent(
  experiment: StoredExperiment,
  dependencies: Pick<ExperimentRunnerDependencies, 'store' | 'audit'>,
): Promise<void> {
  const { budget, spent } = await dependencies.store.money(experiment.id);
  if (budget === undefined || spent < budget) return;
  if ((await dependencies.store.counts(experiment.id)).waiting === 0) return;
  const message = `Its runs and judges have used the budget of $${budget}: raise the budget to continue.`;
  await pauseFor(experiment, { code: 'budget_exceeded', message }, dependencies);
}

/** Pauses a running experiment. One that a person paused or cancelled stays as it is. */
async function pauseFor(
  { id }: StoredExperiment,
  why: { readonly code: string; readonly message: string },
  { audit, store }: Pick<ExperimentRunnerDependencies, 'store' | 'audit'>,
): Promise<void> {
  const details = { step: 'experiment paused', code: why.code, reason: why.message } as const;
  const paused = store.write.setState(id, { from: 'going', to: 'paused', why });
  await isDone(audit.commit({ kind: 'experiment', who: 'heddle', subject: `experiment:${id}`, details }, [paused]));
}

/** Stores all cells that end in one tick in a single commit. */
interface Ends {
  /** Resolves when the end is stored. */
  add(end: CellEnd): Promise<void>;
}

function createEnds(id: string, store: Pick<ExperimentStore, 'end'>): Ends {
  let open: CellEnd[] = [];
  let storing: Promise<void> | undefined;
  return {
    add(end) {
      open.push(end);
      storing ??= new Promise((resolve, reject) => {
        setImmediate(() => {
          const due = open;
          open = [];
          storing = undefined;
          store.end(id, due).then(resolve, reject);
        });
      });
      return storing;
    },
  };
}

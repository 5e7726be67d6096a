import { batchScope, newId, type GivenRow, type StoredBatch } from '@heddle/adapters/channels';
import { yieldToEventLoop } from '@heddle/adapters/event-loop';
import {
  BatchConfig,
  HeddleError,
  joinLabels,
  labelOf,
  publicLabel,
  type BatchCounts,
  type BatchPreview,
  type BatchReply,
  type BatchRow,
  type GuardedWrite,
  type Leases,
  type Principal,
} from '@heddle/core';
import { principalById } from '../../auth/rights/principals.js';
import type { JobService } from '../../jobs/job.service.js';
import { OwnJobs } from '../../jobs/own-jobs.js';
import { abandonedBefore } from '../../jobs/recover-work.js';
import { ignoreEnded } from '../../runs/state/ignore-ended.js';
import type { WorkflowService } from '../../workflows/workflow.service.js';
import { runBatch, type BatchRunnerDependencies } from './batch-runner.js';
import { previewRows, rowInputs } from './row-inputs.js';

interface BatchDependencies extends BatchRunnerDependencies {
  readonly workflows: WorkflowService;
  readonly jobs: JobService;
  readonly maxInputBytes: number;
  readonly leases: Pick<Leases, 'isAlone'>;
}

const shownBatches = 100;
const withBatch = 'its batch was cancelled';
/** How many rows are written in one tick. */
const rowsAtOnce = 1_000;

const gaveUp = { code: 'batch_cancelled', message: 'The batch was cancelled before this row ran.' };

/** The key of a batch's job: across all processes, a batch has only one job at a time. */
const keyOf = (id: string): string => `batch:${id}`;

/** Changes rows in steps until none is left, and lets other work go on between the steps. */
async function whileAny(change: () => Promise<number>): Promise<void> {
  while ((await change()) > 0) await yieldToEventLoop();
}

/** Runs a published workflow over many rows. A batch survives a pause, a crash and a restart, and no row runs twice. */
export class BatchService {
  private readonly ownJobs: OwnJobs;

  constructor(private readonly dependencies: BatchDependencies) {
    this.ownJobs = new OwnJobs(dependencies.jobs, keyOf);
  }

  async list(workflow: string): Promise<readonly BatchReply[]> {
    const { id } = await this.dependencies.workflows.get(workflow);
    const batches = await this.dependencies.store.list(id, shownBatches);
    return Promise.all(batches.map((batch) => this.replyOf(batch)));
  }

  /** Shows what `create` would run, without starting anything. Errors: `not_published`, `version_not_found`, `workflow_not_found`. */
  async preview(
    workflow: string,
    rows: readonly GivenRow[],
    config: BatchConfig,
    caller: Principal,
  ): Promise<BatchPreview> {
    const { id } = await this.dependencies.workflows.get(workflow);
    const { planInterface, version } = await this.dependencies.published.workflow(id, caller, {
      version: config.version,
    });
    const { columns } = config;
    const level = version.dataMap
      .filter(({ kind }) => kind === 'reply')
      .map((flow) => labelOf(flow.level))
      .reduce(joinLabels, publicLabel).level;
    const read = await previewRows(rows, planInterface, { columns, maxBytes: this.dependencies.maxInputBytes });
    return { version: version.version, level, ...read };
  }

  /**
   * Creates and starts a batch. `also` are writes for the commit that starts it. Errors: `batch_invalid`, `not_published`,
   * `version_not_found`, `workflow_not_found`.
   */
  async create(
    workflow: string,
    rows: readonly GivenRow[],
    config: BatchConfig,
    caller: Principal,
    also: (batch: string) => readonly GuardedWrite[] = () => [],
  ): Promise<BatchReply> {
    const { store, published, clock, maxInputBytes } = this.dependencies;
    const { id: workflowId } = await this.dependencies.workflows.get(workflow);
    const { planInterface, version, test } = await published.workflow(workflowId, caller, { version: config.version });
    const inputs = await rowInputs(rows, planInterface, { columns: config.columns, maxBytes: maxInputBytes });
    const body: BatchConfig = { ...config, version: version.version, test };
    const batch = { id: newId('b'), workflowId, owner: caller.id, body, createdAt: clock.now() };
    await store.insert(batch);
    try {
      // A batch is visible only once all of its rows are stored.
      for (let from = 0; from < inputs.length; from += rowsAtOnce) {
        if (from > 0) await yieldToEventLoop();
        await store.addRows(batch.id, inputs.slice(from, from + rowsAtOnce), from);
      }
      const begun = [store.write.setState(batch.id, 'going'), ...also(batch.id)];
      await this.write(batch, 'begun', caller, begun, { rows: inputs.length });
    } catch (error) {
      await whileAny(() => store.remove(batch.id));
      throw error;
    }
    await this.work({ ...batch, state: 'going' });
    return this.replyOf(await store.get(batch.id));
  }

  /** Errors: `batch_not_found`, `workflow_not_found`. */
  async get(workflow: string, id: string): Promise<BatchReply> {
    return this.replyOf(await this.requireBatch(workflow, id));
  }

  async rows(
    workflow: string,
    id: string,
    query: { readonly after: number; readonly status?: BatchRow['status'] | undefined; readonly limit: number },
  ): Promise<readonly BatchRow[]> {
    await this.requireBatch(workflow, id);
    return this.dependencies.store.rows(id, query.after, query.status, query.limit);
  }

  /** Stops starting rows; rows that are running continue to their end. */
  async pause(workflow: string, id: string, caller: Principal): Promise<BatchReply> {
    const batch = await this.requireBatch(workflow, id);
    const status = await this.statusOf(batch);
    if (status !== 'running')
      throw new HeddleError('conflict', `The batch is ${status}: only a running batch can be paused.`);
    await this.write(batch, 'paused', caller, [this.dependencies.store.write.setState(id, 'paused')]);
    await this.ownJobs.end(id);
    return this.get(workflow, id);
  }

  /**
   * Continues a paused batch. `budget` is what all its runs may cost, earlier ones included; the same holds for `retry`. Errors:
   * `conflict`, and those of a start if its workflow cannot run: `not_published`, `forbidden`, …
   */
  async resume(workflow: string, id: string, caller: Principal, budget?: number): Promise<BatchReply> {
    const batch = await this.requireBatch(workflow, id);
    const status = await this.statusOf(batch);
    if (status !== 'paused')
      throw new HeddleError('conflict', `The batch is ${status}: only a paused one can continue.`);
    return this.continueBatch(batch, 'resumed', caller, { budget });
  }

  /** Stops starting rows and cancels those that are running. */
  async cancel(workflow: string, id: string, caller: Principal): Promise<BatchReply> {
    const batch = await this.requireBatch(workflow, id);
    const { store, published } = this.dependencies;
    await this.write(batch, 'cancelled', caller, [store.write.setState(id, 'cancelled')]);
    await whileAny(() => store.giveUpWaiting(id, gaveUp));
    await this.ownJobs.end(id);
    for (const { runId } of await store.rows(id, 0, 'running', 100_000))
      if (runId !== undefined) await published.cancel(runId, caller, withBatch);
    return this.get(workflow, id);
  }

  /** Runs failed and cancelled rows again, as new attempts. Errors: `conflict` if there are none. */
  async retry(workflow: string, id: string, caller: Principal, budget?: number): Promise<BatchReply> {
    const batch = await this.requireBatch(workflow, id);
    const { store } = this.dependencies;
    const { failed, cancelled } = await store.counts(id);
    if (failed + cancelled === 0) throw new HeddleError('conflict', 'No row of the batch failed or was cancelled.');
    return this.continueBatch(batch, 'retried', caller, { budget, after: () => whileAny(() => store.runAgain(id)) });
  }

  /** Removes the rows; their runs stay. Errors: `conflict` while the batch is running. */
  async remove(workflow: string, id: string, caller: Principal): Promise<void> {
    const batch = await this.requireBatch(workflow, id);
    const { running } = await this.dependencies.store.counts(id);
    if ((await this.statusOf(batch)) === 'running' || running > 0)
      throw new HeddleError('conflict', 'The batch is running: cancel it first, and wait for its rows.');
    await this.write(batch, 'removed', caller, [this.dependencies.store.write.hide(id)]);
    await whileAny(() => this.dependencies.store.remove(id));
    this.dependencies.notifier.batchRemoved(batch.workflowId, id);
  }

  /**
   * Ends and removes the batches that a subject started, or that are the subject. The caller must handle their runs. Returns the number of
   * removed rows.
   */
  async erase(subject: string, who: Pick<Principal, 'id'>): Promise<number> {
    const { store } = this.dependencies;
    let count = 0;
    for (const batch of await store.ofSubject(subject)) {
      if ((await this.statusOf(batch)) !== 'done')
        await this.write(batch, 'cancelled', who, [store.write.setState(batch.id, 'cancelled')]);
      await this.ownJobs.end(batch.id);
      await this.write(batch, 'removed', who, [store.write.hide(batch.id)]);
      await whileAny(async () => {
        const removed = await store.remove(batch.id);
        count += removed;
        return removed;
      });
      this.dependencies.notifier.batchRemoved(batch.workflowId, batch.id);
    }
    return count;
  }

  /** Continues batches that no process works on any more. */
  async recoverAbandoned(): Promise<void> {
    const { store, runs, jobs, leases, clock } = this.dependencies;
    for (const id of await store.unfinished(abandonedBefore(leases.isAlone, clock.now())))
      await whileAny(() => store.remove(id));
    for (const id of await store.halfCancelled()) await whileAny(() => store.giveUpWaiting(id, gaveUp));
    for (const { run, owner } of await store.toCancel()) await runs.cancel(run, owner, withBatch).catch(ignoreEnded);
    const open = await jobs.openKeys(keyOf(''));
    for (const batch of await store.going()) if (!open.has(keyOf(batch.id))) await this.work(batch);
  }

  stop(): Promise<void> {
    return this.ownJobs.stop();
  }

  private async continueBatch(
    batch: StoredBatch,
    step: string,
    caller: Principal,
    { budget, after }: { readonly budget: number | undefined; readonly after?: () => Promise<void> },
  ): Promise<BatchReply> {
    const { store } = this.dependencies;
    const config = BatchConfig.parse(batch.body);
    const body = budget === undefined ? config : { ...config, budget };
    checkMoney(body, await store.cost(batch.id));
    await this.checkRunnable(batch);
    const writes = [store.write.update(batch.id, body), store.write.setState(batch.id, 'going')];
    await this.write(batch, step, caller, writes, budget === undefined ? {} : { budget });
    // A job that is about to end would not notice the change, so it is stopped; the next job takes over the runs in progress.
    await this.ownJobs.end(batch.id);
    await after?.();
    await this.work({ ...batch, body });
    return this.replyOf(await store.get(batch.id));
  }

  /**
   * Checks that the workflow can run, because otherwise the batch would pause again at once. Errors: as `PublishedRuns.workflow`, for the
   * user who started the batch.
   */
  private async checkRunnable({ workflowId, owner, body }: StoredBatch): Promise<void> {
    const { version } = BatchConfig.parse(body);
    await this.dependencies.published.workflow(workflowId, await principalById(this.dependencies.identity, owner), {
      version,
    });
  }

  private async work(batch: StoredBatch): Promise<void> {
    await this.ownJobs.start(batch.id, {
      kind: 'batch',
      subject: batch.workflowId,
      run: ({ signal, report }) =>
        runBatch(batch, this.dependencies, { signal, report, onChange: () => this.notifyChange(batch) }),
    });
  }

  private notifyChange({ id, workflowId }: Pick<StoredBatch, 'id' | 'workflowId'>): void {
    this.dependencies.notifier.batch(workflowId, id, async () => this.replyOf(await this.dependencies.store.get(id)));
  }

  private async requireBatch(workflow: string, id: string): Promise<StoredBatch> {
    const stored = await this.dependencies.workflows.get(workflow);
    const batch = await this.dependencies.store.get(id);
    if (batch.workflowId !== stored.id)
      throw new HeddleError(
        'batch_not_found',
        `There is no batch '${id}': list the batches of the workflow for their ids.`,
      );
    return batch;
  }

  private async statusOf(batch: Pick<StoredBatch, 'id' | 'state'>): Promise<BatchReply['status']> {
    return statusWith(batch, await this.dependencies.store.counts(batch.id));
  }

  private async replyOf(batch: StoredBatch): Promise<BatchReply> {
    const { id, workflowId, owner, createdAt, why } = batch;
    const { name, concurrency, version = 0, clearance, budget, providerBatch = 'off' } = BatchConfig.parse(batch.body);
    const jobId = await this.ownJobs.jobOf(id);
    const rows = await this.dependencies.store.counts(id);
    const status = statusWith(batch, rows);
    return {
      id,
      workflowId,
      owner,
      createdAt,
      name,
      concurrency,
      version,
      clearance,
      status,
      budget,
      cost: await this.dependencies.store.cost(id),
      ...(status === 'paused' && why !== undefined ? { reason: why.message, code: why.code } : {}),
      ...(status === 'done' && rows.failed + rows.cancelled > 0 ? await this.faultOf(id) : {}),
      rows,
      ...(providerBatch === 'off' ? {} : { atProvider: await this.dependencies.waits.waitingOf(batchScope(id)) }),
      jobId,
    };
  }

  /** The reason why rows have no result, if the store had a fault: such rows are not done, although none waits. */
  private async faultOf(id: string): Promise<Pick<BatchReply, 'reason' | 'code'>> {
    const fault = await this.dependencies.store.fault(id);
    if (fault === undefined) return {};
    const rows = fault.rows === 1 ? 'One row has' : `${fault.rows} rows have`;
    const reason = `${rows} no result because of a fault of the store: once it is fixed, run the rows without a result again. ${fault.message}`;
    return { reason, code: fault.code };
  }

  private async write(
    { id, workflowId }: Pick<StoredBatch, 'id' | 'workflowId'>,
    step: string,
    { id: who }: Pick<Principal, 'id'>,
    writes: readonly GuardedWrite[],
    details: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    const event = { kind: 'job', who, subject: `workflow:${workflowId}` } as const;
    await this.dependencies.audit.commit(
      { ...event, details: { step: `batch ${step}` as const, batch: id, ...details } },
      writes,
    );
    if (step !== 'removed') this.notifyChange({ id, workflowId });
  }
}

function statusWith({ state }: Pick<StoredBatch, 'state'>, { waiting, running }: BatchCounts): BatchReply['status'] {
  if (state === 'cancelled') return 'cancelled';
  if (waiting + running === 0) return 'done';
  return state === 'paused' ? 'paused' : 'running';
}

/** Errors: `conflict` if the runs have already used up the budget. */
function checkMoney({ budget }: BatchConfig, cost: number): void {
  if (budget === undefined || cost < budget) return;
  throw new HeddleError('conflict', `Its runs have already used its budget of $${budget}: raise the budget.`, {
    details: { budget, cost },
  });
}

import {
  HeddleError,
  isTerminal,
  type AnswerRequest,
  type Clock,
  type Journal,
  type LabelledValue,
  type OpenAsk,
  type RunEvent,
  type RunQuery,
  type RunReply,
  type RunSummary,
  type RunTrigger,
  type StartRunRequest,
  type WorkflowDocument,
} from '@heddle/core';
import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { CompiledWorkflow, CompileService } from '../heddle/compile-service.js';
import { checkInputs } from './check-inputs.js';
import { groupOf, type RunDriver } from './run-driver.js';
import type { RunQueue } from './run-queue.js';
import type { RunRecords } from './run-records.js';
import { runReply } from './run-reply.js';
import { checkSeeds, seedsOf } from './seeds.js';

/** A run as it is asked for. */
export interface StartRun {
  readonly document: WorkflowDocument;
  /** Of the stored workflow, where it is one. */
  readonly workflowId?: string;
  readonly request: StartRunRequest;
  readonly trigger: RunTrigger;
}

/** What the service works with. */
export interface RunServiceParts {
  readonly journal: Journal;
  readonly compile: CompileService;
  readonly queue: RunQueue;
  readonly driver: RunDriver;
  readonly records: RunRecords;
  readonly clock: Clock;
  /** Checks that a file that an input names is there. */
  hasFile(id: string): Promise<boolean>;
  readonly maxInputBytes: number;
}

/** Runs: accepted before the reply (G1), queued, watched, cancelled, resumed, answered. */
export class RunService {
  constructor(private readonly parts: RunServiceParts) {}

  /** Accepts a run. Errors: `busy`, `workflow_invalid`, `input_*`, `seed_mismatch`, `storage_*`. */
  async start(start: StartRun): Promise<{ readonly runId: string }> {
    this.parts.queue.reserve();
    try {
      const compiled = await this.parts.compile.plan(start.document);
      const { seedFrom, inputs: given, ...options } = start.request;
      const origin = seedFrom === undefined ? undefined : await this.originOf(seedFrom, compiled, options);
      const inputs = await this.inputs(compiled, start.request, origin?.inputs);
      return await this.accept({ start, compiled, inputs, options, origin });
    } finally {
      this.parts.queue.unreserve();
    }
  }

  /** Continues a run that failed or was cancelled as a new run (D2): what ended well is not computed again. Errors: `conflict`. */
  async resume(runId: string): Promise<{ readonly runId: string }> {
    const { journal } = this.parts;
    const summary = await journal.summary(runId);
    if (summary.status !== 'failed' && summary.status !== 'cancelled') {
      throw new HeddleError('conflict', `The run is ${summary.status}: only a run that failed or was cancelled can be resumed.`, { details: { status: summary.status } });
    }
    const [bundle, acceptance, events] = await Promise.all([journal.bundle(runId), journal.acceptance(runId), journal.events(runId)]);
    const compiled = { bundle, plan: this.parts.compile.planOf(bundle) };
    const { only: _only, from: _from, ...options } = acceptance.options;
    const start: StartRun = {
      document: bundle.document,
      ...(acceptance.workflowId === undefined ? {} : { workflowId: acceptance.workflowId }),
      request: { inputs: {} },
      trigger: 'resume',
    };
    this.parts.queue.reserve();
    try {
      const origin = { id: runId, rootId: acceptance.rootId, seeds: seedsOf(compiled.plan, events, {}), inputs: acceptance.inputs };
      return await this.accept({ start, compiled, inputs: acceptance.inputs, options, origin });
    } finally {
      this.parts.queue.unreserve();
    }
  }

  /** Waits until the run has ended or is parked, and gives it whole. The signal ends the waiting, not the run. */
  async wait(runId: string, signal?: AbortSignal): Promise<RunReply> {
    const aborted = new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }));
    for (;;) {
      const left = this.parts.driver.left(runId);
      const summary = await this.parts.journal.summary(runId);
      if (isTerminal(summary.status) || summary.status === 'parked' || summary.status === 'held') return this.get(runId);
      if (signal?.aborted === true || this.parts.queue.isStopping) throw new HeddleError('shutting_down', `The run ${runId} goes on later: follow it under /api/runs/${runId}.`, { details: { runId } });
      await Promise.race([left, aborted]);
    }
  }

  /** Errors: `run_not_found`. */
  async get(runId: string): Promise<RunReply> {
    const summary = await this.parts.journal.summary(runId);
    return runReply(summary, await this.parts.journal.events(runId));
  }

  summary(runId: string): Promise<RunSummary> {
    return this.parts.journal.summary(runId);
  }

  list(query: RunQuery): Promise<readonly RunSummary[]> {
    return this.parts.journal.list(query);
  }

  /** The document and inputs of a run as they were accepted. */
  async accepted(runId: string): Promise<{ readonly document: WorkflowDocument; readonly inputs: Readonly<Record<string, LabelledValue>> }> {
    const [bundle, acceptance] = await Promise.all([this.parts.journal.bundle(runId), this.parts.journal.acceptance(runId)]);
    return { document: bundle.document, inputs: acceptance.inputs };
  }

  /** One whole value of an execution; large ones travel as previews elsewhere. Errors: `run_not_found`, `not_found`. */
  async value(runId: string, path: string, port: string): Promise<LabelledValue> {
    await this.parts.journal.summary(runId);
    const events = await this.parts.journal.events(runId);
    const found = events.findLast((event) => (event.type === 'node-end' || event.type === 'node-cached') && event.path === path);
    const value = found !== undefined && 'outputs' in found ? found.outputs?.[port] : undefined;
    if (value === undefined) throw new HeddleError('not_found', `The run ${runId} has no value at ${path}, port ${port}.`, { details: { path, port } });
    return value;
  }

  /** Cancels a run wherever it is. A run that ended stays as it is. Errors: `run_not_found`, `run_terminal`. */
  async cancel(runId: string, by?: string, reason?: string): Promise<RunSummary> {
    const summary = await this.parts.journal.summary(runId);
    if (isTerminal(summary.status)) throw new HeddleError('run_terminal', `The run ${runId} has ended (${summary.status}).`, { details: { status: summary.status } });
    if (!this.parts.driver.cancel(runId, by, reason)) await this.cancelAtRest(runId, by, reason);
    return this.parts.journal.summary(runId);
  }

  asks(runId?: string): Promise<readonly OpenAsk[]> {
    return this.parts.journal.asks(runId === undefined ? {} : { runId });
  }

  /** Answers an open question; resolves when it is committed. Errors: `ask_not_found`, `ask_decided`, `ask_answer_invalid`. */
  async answer(runId: string, askId: string, answer: z.infer<typeof AnswerRequest>): Promise<void> {
    await this.parts.journal.summary(runId);
    const isOpen = (await this.asks(runId)).some((ask) => ask.askId === askId);
    if (!isOpen) throw await this.noSuchAsk(runId, askId);
    await this.parts.driver.answer(runId, askId, { value: answer.value, ...(answer.by === undefined ? {} : { by: answer.by }), ...(answer.reason === undefined ? {} : { reason: answer.reason }) });
  }

  private async noSuchAsk(runId: string, askId: string): Promise<HeddleError> {
    const events = await this.parts.journal.events(runId);
    const isDecided = events.some((event: RunEvent) => event.type === 'ask-end' && event.askId === askId);
    return isDecided
      ? new HeddleError('ask_decided', `The question ${askId} was answered already.`, { details: { askId } })
      : new HeddleError('ask_not_found', `The run ${runId} has no open question ${askId}.`, { details: { askId } });
  }

  /** A run that waits in the queue or is parked has nothing to abort: it ends here. */
  private async cancelAtRest(runId: string, by: string | undefined, reason: string | undefined): Promise<void> {
    const { queue, driver, records, clock } = this.parts;
    queue.remove(runId);
    driver.sleepNoMore(runId);
    const time = clock.now();
    await records.append(runId, [
      { type: 'cancel-request', time, ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) },
      { type: 'run-end', time, status: 'cancelled' },
    ]);
    driver.wakeWaiters(runId);
  }

  private async originOf(seedFrom: string, compiled: CompiledWorkflow, options: Pick<StartRunRequest, 'from' | 'only'>): Promise<Origin> {
    const { journal } = this.parts;
    const [events, acceptance, bundle] = await Promise.all([journal.events(seedFrom), journal.acceptance(seedFrom), journal.bundle(seedFrom)]);
    const seeds = seedsOf(compiled.plan, events, options);
    checkSeeds(seeds, compiled.bundle, bundle);
    return { id: seedFrom, rootId: acceptance.rootId, seeds, inputs: acceptance.inputs };
  }

  private async inputs(compiled: CompiledWorkflow, request: StartRunRequest, earlier: Readonly<Record<string, LabelledValue>> | undefined): Promise<Readonly<Record<string, LabelledValue>>> {
    if (earlier !== undefined && Object.keys(request.inputs).length === 0) return earlier;
    const face = compiled.plan.interface;
    const inputs = checkInputs(request.inputs, face, { maxBytes: this.parts.maxInputBytes, isPartial: request.only !== undefined || request.from !== undefined });
    for (const [name, port] of Object.entries(face.inputs)) {
      if (port.type === 'File' || port.type === 'Image') await this.checkFile(name, inputs[name]?.value);
    }
    return inputs;
  }

  private async checkFile(name: string, value: unknown): Promise<void> {
    const id = typeof value === 'object' && value !== null && 'id' in value ? String(value.id) : undefined;
    if (id === undefined || (await this.parts.hasFile(id))) return;
    throw new HeddleError('file_not_found', `The file of input '${name}' is not here: upload it with POST /api/files first.`, { details: { input: name, id } });
  }

  private async accept({ start, compiled, inputs, options, origin }: Acceptance): Promise<{ readonly runId: string }> {
    const time = this.parts.clock.now();
    const runId = `${time.toString(36)}${randomBytes(8).toString('hex')}`;
    const acceptance = {
      runId,
      workflowId: start.workflowId,
      workflowName: start.document.name,
      time,
      trigger: start.trigger,
      inputs,
      options,
      rootId: origin?.rootId ?? runId,
      origin: origin?.id,
      seeds: origin?.seeds ?? [],
    };
    await this.parts.journal.accept(acceptance, compiled.bundle);
    this.parts.driver.enqueue(runId, groupOf({ workflowName: acceptance.workflowName, ...(start.workflowId === undefined ? {} : { workflowId: start.workflowId }) }), {
      plan: compiled.plan,
      acceptance,
    });
    return { runId };
  }
}

interface Origin {
  readonly id: string;
  readonly rootId: string;
  readonly seeds: readonly string[];
  readonly inputs: Readonly<Record<string, LabelledValue>>;
}

interface Acceptance {
  readonly start: StartRun;
  readonly compiled: CompiledWorkflow;
  readonly inputs: Readonly<Record<string, LabelledValue>>;
  readonly options: Omit<StartRunRequest, 'inputs' | 'seedFrom'>;
  readonly origin: Origin | undefined;
}

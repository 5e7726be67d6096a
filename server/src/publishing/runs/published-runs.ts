import { inSlices } from '@heddle/adapters/event-loop';
import {
  authorise,
  canonicalJsonSteps,
  defaultProject,
  endUserSubject,
  HeddleError,
  isAtMost,
  isTerminal,
  runNotFound,
  steadySource,
  toHeddleError,
  type Clock,
  type IdempotencyKeys,
  type Journal,
  type Label,
  type LabelLevel,
  type Principal,
  type ProviderBatch,
  type PublishedEvent,
  type PublishedReply,
  type RunCaller,
  type RunIdempotency,
  type RunSummary,
  type RunTrigger,
  type TraceContext,
} from '@heddle/core';
import type { CheckGranted } from '../granted-versions.js';
import { checkAccess } from '../../auth/rights/check-access.js';
import type { Ownership } from '../../auth/rights/ownership.js';
import { checkSpeaksForUsers } from '../../auth/end-user.js';
import { contentHash } from '../../calls/content-hash.js';
import type { RunHub } from '../../live/run-hub.js';
import { checkSizes } from '../../runs/start/check-inputs.js';
import { pauseFor } from '../../runs/state/pause-for.js';
import type { RunService } from '../../runs/run.service.js';
import type { WorkflowService } from '../../workflows/workflow.service.js';
import type { ChosenTest } from '../ab/choose-version.js';
import { threadOf } from '../ab/thread-of.js';
import { publishedReply } from './published-reply.js';
import { runContinuesLater } from './run-continues-later.js';
import { publishedStream } from './published-stream.js';
import type { PublishedWorkflow, PublishedWorkflows } from '../published-workflows.js';

/** A channel's request to run a published workflow. */
interface StartPublished {
  /** Slug or id. */
  readonly slug: string;
  /** Pins a version; without it, the caller gets the live one. */
  readonly version?: number | undefined;
  /** The A/B test that already chose `version`; undefined if the caller named the version. */
  readonly test?: ChosenTest | undefined;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly principal: Principal;
  /** `v1`, `chat`, `mcp`, `webhook`, `schedule`, `share` or `batch`. */
  readonly channel: string;
  readonly idempotencyKey?: string;
  /** The scope of the idempotency key; default: the principal. */
  readonly idempotencyScope?: string;
  /** The end user as the caller names them, for records and for the choice of a version. */
  readonly endUser?: string;
  /** The thread that the run continues. It must belong to the same project, workflow and subject. */
  readonly thread?: string | undefined;
  /** The conversation that an A/B test counts if the run has no thread yet. */
  readonly conversation?: string;
  /** The end user of a key, from the header `Heddle-End-User`: the run belongs to them. */
  readonly onBehalfOf?: string | undefined;
  /** The groups of the end user, as the key states them. */
  readonly endUserGroups?: readonly string[] | undefined;
  /** The subject of the run, if the channel knows it better than the principal tells. */
  readonly subject?: string;
  /** Default: `published`. */
  readonly trigger?: RunTrigger;
  readonly trace?: TraceContext | undefined;
  /** The label of the inputs, if they contain more than what the caller wrote. */
  readonly label?: Label | undefined;
  /** The request of the caller, stored so that its channel can read it later. */
  readonly asked?: unknown;
  /** Whether the model calls of the run go to batches of their providers. */
  readonly providerBatch?: ProviderBatch | undefined;
}

/** An accepted run, or the run of an earlier request with the same idempotency key. */
export interface StartedRun {
  readonly runId: string;
  readonly workflow: PublishedWorkflow;
  readonly isReplay: boolean;
}

interface PublishedRunsDependencies {
  readonly published: PublishedWorkflows;
  readonly workflows: WorkflowService;
  readonly runs: RunService;
  readonly journal: Journal;
  readonly hub: RunHub;
  readonly ownership: Ownership;
  readonly idempotency: IdempotencyKeys;
  readonly clock: Clock;
  /** Checks that the project may still use everything that a version needs. Errors: `grant_missing`. */
  readonly mayRun: CheckGranted;
  readonly maxInputBytes: number;
}

/**
 * Runs published workflows. Every channel uses this service, so the same rules hold in all of them: a channel says only who the caller is,
 * and this service checks their rights.
 */
export class PublishedRuns {
  constructor(private readonly dependencies: PublishedRunsDependencies) {}

  /** Finds the version that this caller would run. Errors: `workflow_not_found`, `not_published`, `version_not_found`, `forbidden`. */
  async workflow(
    slug: string,
    principal: Principal,
    options: {
      readonly version?: number | undefined;
      readonly endUser?: string | undefined;
      readonly thread?: string | undefined;
    } = {},
  ): Promise<PublishedWorkflow> {
    const { workflows, ownership, published, clock } = this.dependencies;
    // Checked before the lookup, because a caller without any right must not learn which names exist.
    checkAccess(principal, 'run:published', await ownership.resourceOf('workflow', slug), clock, slug);
    const stored = await workflows.get(slug);
    const caller = `${principal.id} ${options.endUser ?? ''}`;
    return published.versionFor(stored, options.version, { caller, thread: options.thread });
  }

  async threadOf(runId: string): Promise<string | undefined> {
    return (await this.dependencies.runs.summary(runId)).caller?.thread;
  }

  /** Gives the highest label that replies of the live version may have; `public` if no version is live. */
  async clearanceOf(workflowId: string): Promise<LabelLevel> {
    const { published } = this.dependencies;
    const live = await published.live(workflowId);
    return live === undefined ? 'public' : (await published.version(workflowId, live.version)).version.replyClearance;
  }

  /** Gives the inputs and outputs of a version, or of the live one; undefined if no version is live. Errors: `version_not_found`. */
  async interfaceOf(workflowId: string, version?: number): Promise<PublishedWorkflow['planInterface'] | undefined> {
    const { published } = this.dependencies;
    const wanted = version ?? (await published.live(workflowId))?.version;
    return wanted === undefined ? undefined : (await published.version(workflowId, wanted)).planInterface;
  }

  /** Lists the live workflows that this caller may run. */
  async list(principal: Principal): Promise<readonly PublishedWorkflow[]> {
    const { ownership, published, clock } = this.dependencies;
    const found: PublishedWorkflow[] = [];
    for (const workflow of await published.list()) {
      try {
        checkAccess(principal, 'run:published', await ownership.resourceOf('workflow', workflow.id), clock);
      } catch (error) {
        if (error instanceof HeddleError) continue; // The caller may not run this workflow.
        throw error;
      }
      found.push(workflow);
    }
    return found;
  }

  /** Accepts a run. Errors: as `workflow`, `input_*`, `busy`, `grant_missing`, `idempotency_conflict`, `storage_*`. */
  async start(request: StartPublished): Promise<StartedRun> {
    if (request.onBehalfOf !== undefined) await this.checkSpeaks(request.slug, request.principal);
    const workflow = await this.workflow(request.slug, request.principal, {
      version: request.version,
      endUser: request.onBehalfOf ?? request.endUser,
      thread: request.thread ?? request.conversation ?? threadOf(request.inputs),
    });
    await pauseFor(request.inputs);
    checkSizes(request.inputs, workflow.planInterface, this.dependencies.maxInputBytes);
    await pauseFor(request.inputs);
    const idempotency = await idempotencyOf(request, workflow);
    const before = await this.replayOf(idempotency);
    if (before !== undefined) return this.replayed(before, workflow);
    const caller = await this.callerOf(request, workflow);
    this.dependencies.mayRun(workflow.compiled, caller.project ?? defaultProject, workflow.slug);
    const chosen = request.version === undefined ? workflow.test : request.test;
    try {
      const { runId } = await this.dependencies.runs.start({
        document: workflow.compiled.bundle.document,
        workflowId: workflow.id,
        request: { inputs: { ...request.inputs }, thread: request.thread },
        trigger: request.trigger ?? 'published',
        caller,
        trace: request.trace,
        label: request.label,
        asked: request.asked,
        providerBatch: request.providerBatch,
        published: {
          compiled: workflow.compiled,
          version: workflow.version.version,
          test: chosen && { id: chosen.id, unit: chosen.unit },
          newThread: chosen?.newThread,
          idempotency,
        },
      });
      return { runId, workflow, isReplay: false };
    } catch (error) {
      // Another request with this key was committed in the meantime.
      const other =
        error instanceof HeddleError && error.code === 'idempotency_conflict'
          ? await this.replayOf(idempotency)
          : undefined;
      if (other === undefined) throw error;
      return this.replayed(other, workflow);
    }
  }

  /**
   * Gives the present state of a run. `clearance` is set if the reply goes to a destination with a lower clearance than callers have.
   * Errors: `run_not_found`, `label_refused`.
   */
  async get(runId: string, principal: Principal, clearance?: LabelLevel): Promise<PublishedReply> {
    return this.replyOf(await this.visible(runId, principal), clearance);
  }

  /** Gives the facts of a run that never change. Errors: `run_not_found`. */
  async about(runId: string, principal: Principal): Promise<Pick<PublishedReply, 'runId' | 'workflow' | 'version'>> {
    const { slug, version } = await this.workflowOf(await this.visible(runId, principal));
    return { runId, workflow: slug, version: version.version };
  }

  /** Gives the highest label that replies of a run may have, by its version and by `most`. Errors: `run_not_found`. */
  async clearance(runId: string, principal: Principal, most?: LabelLevel): Promise<LabelLevel> {
    const { version } = await this.workflowOf(await this.visible(runId, principal));
    return stricter(version.replyClearance, most);
  }

  /**
   * Waits until the run has ended or is suspended for a person. Cancels the run after `timeoutMs`. The signal ends only the wait. Errors:
   * `run_not_found`, `run_timeout`, `label_refused`, `shutting_down`.
   */
  async result(
    runId: string,
    principal: Principal,
    options: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {},
  ): Promise<PublishedReply> {
    await this.visible(runId, principal);
    if (options.timeoutMs === undefined) return this.replyOf(await this.settled(runId, options.signal));
    const limit = new AbortController();
    const time = steadySource(this.dependencies.clock);
    const stopTimer = time.at(time.now() + options.timeoutMs, () => limit.abort());
    const signals = options.signal === undefined ? [limit.signal] : [limit.signal, options.signal];
    try {
      return await this.replyOf(await this.settled(runId, AbortSignal.any(signals)));
    } catch (error) {
      if (!limit.signal.aborted) throw error;
      await this.cancel(runId, principal, 'timeout');
      throw new HeddleError('run_timeout', `The run took longer than ${options.timeoutMs} ms and was cancelled.`, {
        details: { runId },
      });
    } finally {
      stopTimer();
    }
  }

  /** Streams the public events of a run, and its result at the end. Errors: `run_not_found`. */
  async stream(
    runId: string,
    principal: Principal,
    options: { readonly after?: number; readonly signal?: AbortSignal; readonly clearance?: LabelLevel } = {},
  ): Promise<AsyncGenerator<PublishedEvent>> {
    const summary = await this.visible(runId, principal);
    const workflow = await this.workflowOf(summary);
    return publishedStream({
      ...options,
      runId,
      plan: workflow.compiled.plan,
      clearance: stricter(workflow.version.replyClearance, options.clearance),
      hub: this.dependencies.hub,
      reply: () => this.get(runId, principal, options.clearance),
      isAtRest: () => this.dependencies.runs.isAtRest(runId),
      leaving: this.dependencies.runs.leaving,
    });
  }

  /** Cancels a run of this caller; does nothing if the run has ended. Errors: `run_not_found`. */
  async cancel(runId: string, principal: Principal, reason?: string): Promise<void> {
    await this.visible(runId, principal);
    try {
      await this.dependencies.runs.cancel(runId, principal.id, reason);
    } catch (error) {
      if (!(error instanceof HeddleError) || error.code !== 'run_terminal') throw error;
    }
  }

  private async settled(runId: string, signal: AbortSignal | undefined): Promise<RunSummary> {
    try {
      return await this.dependencies.runs.settled(runId, signal);
    } catch (error) {
      throw toHeddleError(error).code === 'shutting_down' ? runContinuesLater(runId) : error;
    }
  }

  private async replayOf(idempotency: RunIdempotency | undefined): Promise<string | undefined> {
    if (idempotency === undefined) return undefined;
    const known = await this.dependencies.idempotency.find(idempotency.scope, idempotency.key);
    if (known === undefined) return undefined;
    if (known.requestHash === idempotency.requestHash) return known.runId;
    throw new HeddleError(
      'idempotency_conflict',
      `The idempotency key '${idempotency.key}' was used with another request: use a new one.`,
      { details: { key: idempotency.key } },
    );
  }

  /**
   * Finds the run that an earlier request of this caller started with an idempotency key. Does not compare the contents of the two
   * requests.
   */
  async begun(key: string, principal: Principal, onBehalfOf: string | undefined): Promise<string | undefined> {
    return (await this.dependencies.idempotency.find(scopeOfKey({ principal, onBehalfOf }), key))?.runId;
  }

  private async checkSpeaks(workflow: string, principal: Principal): Promise<void> {
    const { ownership, clock } = this.dependencies;
    checkSpeaksForUsers(principal, await ownership.resourceOf('workflow', workflow), clock);
  }

  private async callerOf(
    { principal, channel, endUser, onBehalfOf, endUserGroups, subject }: StartPublished,
    workflow: PublishedWorkflow,
  ): Promise<RunCaller> {
    const { project } = await this.dependencies.ownership.resourceOf('workflow', workflow.id);
    const named = onBehalfOf ?? endUser;
    const whose = onBehalfOf === undefined ? subject : endUserSubject(onBehalfOf);
    return {
      principal: principal.id,
      project,
      ...(principal.kind === 'key' || principal.kind === 'share'
        ? { key: principal.id.replace(/^(?:key|share):/, '') }
        : {}),
      channel,
      endUser: named,
      // Groups count only together with an end user, because only then the right of the key to name them was checked.
      endUserGroups: onBehalfOf === undefined || endUserGroups === undefined ? undefined : [...endUserGroups],
      subject: whose,
    };
  }

  /** Finds a published run that this caller may see. A key or a share link sees only its own runs. */
  private async visible(runId: string, principal: Principal): Promise<RunSummary> {
    const { runs, ownership, clock } = this.dependencies;
    const summary = await runs.summary(runId);
    const resource = await ownership.resourceOf('run', runId);
    const isOwn = summary.caller?.principal === principal.id;
    const isNarrow = principal.kind === 'key' || principal.kind === 'share';
    // A key or link sees only its own runs, even if the key has other rights.
    if (isNarrow && !isOwn) throw runNotFound(runId);
    // Whoever may call a version may read the answers to their calls.
    if (!isOwn || authorise(principal, 'run:published', resource, clock.now()) !== 'allowed')
      checkAccess(principal, 'run:read', resource, clock, runId);
    if (summary.version === undefined || summary.workflowId === undefined) throw runNotFound(runId);
    return summary;
  }

  /** Gives a run that began earlier, with its own version, live or not. */
  private async replayed(runId: string, live: PublishedWorkflow): Promise<StartedRun> {
    const summary = await this.dependencies.runs.summary(runId).catch((error: unknown) => {
      if (toHeddleError(error).code !== 'run_not_found') throw error;
      return undefined;
    });
    const workflow = summary?.version === undefined ? live : await this.workflowOf(summary);
    return { runId, workflow, isReplay: true };
  }

  private workflowOf({ workflowId, version }: RunSummary): Promise<PublishedWorkflow> {
    return this.dependencies.published.version(workflowId ?? '', version ?? 0);
  }

  private async replyOf(summary: RunSummary, most?: LabelLevel): Promise<PublishedReply> {
    const { slug, version } = await this.workflowOf(summary);
    const events = isTerminal(summary.status)
      ? await this.dependencies.journal.events(summary.runId, { after: summary.lastSeq - 1 })
      : [];
    const end = events.find((event) => event.type === 'run-end');
    const clearance = stricter(version.replyClearance, most);
    return publishedReply(summary, { slug, version: version.version, clearance }, end);
  }
}

function stricter(clearance: LabelLevel, most: LabelLevel | undefined): LabelLevel {
  return most === undefined || isAtMost(clearance, most) ? clearance : most;
}

/** An idempotency key is valid only for its caller and the end user whom the caller names. */
const scopeOfKey = ({ principal, onBehalfOf }: Pick<StartPublished, 'principal' | 'onBehalfOf'>): string =>
  onBehalfOf === undefined ? principal.id : `${principal.id} ${endUserSubject(onBehalfOf)}`;

async function idempotencyOf(
  request: StartPublished,
  workflow: PublishedWorkflow,
): Promise<RunIdempotency | undefined> {
  if (request.idempotencyKey === undefined) return undefined;
  const { inputs, version, thread, idempotencyKey: key } = request;
  return {
    scope: request.idempotencyScope ?? scopeOfKey(request),
    key,
    requestHash: contentHash(await inSlices(canonicalJsonSteps({ workflow: workflow.id, version, inputs, thread }))),
  };
}

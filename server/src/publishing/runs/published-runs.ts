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
import { goesOnLater } from './goes-on-later.js';
import { publishedStream } from './published-stream.js';
import type { PublishedWorkflow, PublishedWorkflows } from '../published-workflows.js';

/** A start of a run of a published workflow, by a channel. */
interface StartPublished {
  /** Slug or id. */
  readonly slug: string;
  /** Pins a version; without it, the caller gets the live one. */
  readonly version?: number | undefined;
  /** The A/B test that chose `version` before, where the caller did not name it. */
  readonly test?: ChosenTest | undefined;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly principal: Principal;
  /** The channel: `v1`, `chat`, `mcp`, `webhook`, `schedule`, `share`, `batch`. */
  readonly channel: string;
  readonly idempotencyKey?: string;
  /** The scope of the idempotency key; default: the principal. */
  readonly idempotencyScope?: string;
  /** The end user in the words of the caller, for records and for the choice of a version. */
  readonly endUser?: string;
  /** The thread that the run continues: one of the same project, workflow and subject. */
  readonly thread?: string | undefined;
  /** What an A/B test counts as one conversation, where the run has no thread yet. */
  readonly conversation?: string;
  /** The end user of a key, from the header `Heddle-End-User`: the run belongs to them. */
  readonly onBehalfOf?: string | undefined;
  /** The groups of the end user, as the key states them. */
  readonly endUserGroups?: readonly string[] | undefined;
  /** The subject of the run, where the channel knows it better than the principal. */
  readonly subject?: string;
  /** Default: `published`. */
  readonly trigger?: RunTrigger;
  /** The trace of the caller. */
  readonly trace?: TraceContext | undefined;
  /** The label of the inputs, where they are not the caller's own words alone. */
  readonly label?: Label | undefined;
  /** What the caller asked for, as its channel reads it again. */
  readonly asked?: unknown;
  /** Whether its model calls go to batches of their providers. */
  readonly providerBatch?: ProviderBatch | undefined;
}

/** An accepted run, or the one of an earlier equal request. */
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
  /** Checks that its project still may use what a version needs. Errors: `grant_missing`. */
  readonly mayRun: CheckGranted;
  readonly maxInputBytes: number;
}

/**
 * Runs of published workflows. Every channel uses this service, so all have the same rules. It checks the rights of the caller; a
 * channel only says who the caller is.
 */
export class PublishedRuns {
  constructor(private readonly dependencies: PublishedRunsDependencies) {}

  /** The version that this caller would run. Errors: `workflow_not_found`, `not_published`, `version_not_found`, `forbidden`. */
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
    // Checked before the lookup: a caller without any right must not learn names.
    checkAccess(principal, 'run:published', await ownership.resourceOf('workflow', slug), clock, slug);
    const stored = await workflows.get(slug);
    const caller = `${principal.id} ${options.endUser ?? ''}`;
    return published.find(stored, options.version, { caller, thread: options.thread });
  }

  /** The thread that an accepted run continues. */
  async threadOf(runId: string): Promise<string | undefined> {
    return (await this.dependencies.runs.summary(runId)).caller?.thread;
  }

  /** The highest label in replies of the live version; `public` where none is live. */
  async clearanceOf(workflowId: string): Promise<LabelLevel> {
    const { published } = this.dependencies;
    const live = await published.live(workflowId);
    return live === undefined ? 'public' : (await published.version(workflowId, live.version)).version.replyClearance;
  }

  /** The live workflows that this caller may run. */
  async list(principal: Principal): Promise<readonly PublishedWorkflow[]> {
    const { ownership, published, clock } = this.dependencies;
    const found: PublishedWorkflow[] = [];
    for (const workflow of await published.list()) {
      try {
        checkAccess(principal, 'run:published', await ownership.resourceOf('workflow', workflow.id), clock);
      } catch (error) {
        if (error instanceof HeddleError) continue; // not for this caller
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
      // Another request with this key was committed meanwhile.
      const other =
        error instanceof HeddleError && error.code === 'idempotency_conflict'
          ? await this.replayOf(idempotency)
          : undefined;
      if (other === undefined) throw error;
      return this.replayed(other, workflow);
    }
  }

  /**
   * A run as it is now; `clearance` is the clearance of a destination that is stricter than callers. Errors: `run_not_found`,
   * `label_refused`.
   */
  async get(runId: string, principal: Principal, clearance?: LabelLevel): Promise<PublishedReply> {
    return this.replyOf(await this.visible(runId, principal), clearance);
  }

  /** The facts of a run that never change. Errors: `run_not_found`. */
  async about(runId: string, principal: Principal): Promise<Pick<PublishedReply, 'runId' | 'workflow' | 'version'>> {
    const { slug, version } = await this.workflowOf(await this.visible(runId, principal));
    return { runId, workflow: slug, version: version.version };
  }

  /** The highest label that may leave a run, by its version and the given bound. Errors: `run_not_found`. */
  async clearance(runId: string, principal: Principal, most?: LabelLevel): Promise<LabelLevel> {
    const { version } = await this.workflowOf(await this.visible(runId, principal));
    return stricter(version.replyClearance, most);
  }

  /**
   * Waits until the run has ended or waits for a person. After `timeoutMs` the run is cancelled. The signal ends only the wait. Errors:
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

  /** The public events of a run, and at the end its result. Errors: `run_not_found`. */
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

  /** Cancels a run of this caller; a run that has ended stays unchanged. Errors: `run_not_found`. */
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
      throw toHeddleError(error).code === 'shutting_down' ? goesOnLater(runId) : error;
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

  /** The run that an earlier request of this caller began under an idempotency key. The contents of the two requests are not compared. */
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
      // Only with an end user: the right of the key to speak for them was checked.
      endUserGroups: onBehalfOf === undefined || endUserGroups === undefined ? undefined : [...endUserGroups],
      subject: whose,
    };
  }

  /** A published run that this caller may see; a key and a share link see their own. */
  private async visible(runId: string, principal: Principal): Promise<RunSummary> {
    const { runs, ownership, clock } = this.dependencies;
    const summary = await runs.summary(runId);
    const resource = await ownership.resourceOf('run', runId);
    const isOwn = summary.caller?.principal === principal.id;
    const isNarrow = principal.kind === 'key' || principal.kind === 'share';
    // A key and a link see only their own runs, even if a key has other rights.
    if (isNarrow && !isOwn) throw runNotFound(runId);
    // A caller of a version may read the answer to their call.
    if (!isOwn || authorise(principal, 'run:published', resource, clock.now()) !== 'allowed')
      checkAccess(principal, 'run:read', resource, clock, runId);
    if (summary.version === undefined || summary.workflowId === undefined) throw runNotFound(runId);
    return summary;
  }

  /** A run that began earlier, with its own version, live or not. */
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

/** A key is valid for its caller and for the end user that the caller speaks for. */
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

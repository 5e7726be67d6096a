import {
  endUserSubject,
  HeddleError,
  isTerminal,
  newThread,
  runNotFound,
  subjectOf,
  toHeddleError,
  type LabelLevel,
  type NodeCatalog,
  type OpenRequest,
  type Principal,
  type PublishedEvent,
  type PublishedReply,
  type RunSummary,
  type TraceContext,
} from '@heddle/core';
import type { BlobStore } from '@heddle/adapters/blobs';
import { endUserGroupsOf, endUserOf } from '../../auth/end-user.js';
import { checkAccess } from '../../auth/rights/check-access.js';
import type { Ownership } from '../../auth/rights/ownership.js';
import { homeProjectOf } from '../../auth/rights/project-view.js';
import { projectBlobs } from '../../calls/project-files.js';
import type { Log } from '../../common/log.js';
import type { TrustedClock } from '../../common/trusted-clock.js';
import type { PublishedRuns } from '../../publishing/runs/published-runs.js';
import type { RunService } from '../../runs/run.service.js';
import { usesThread } from '../../runs/start/uses-thread.js';
import type { ThreadService } from '../threads/thread.service.js';
import { agentInputs, type AgentContent } from './agent-inputs.js';
import { answeredElsewhere, isAskedHere } from './open-questions.js';

/** A caller who uses an agent protocol, and the workflow that they call. */
export interface AgentCaller {
  readonly slug: string;
  readonly principal: Principal;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly channel: 'ag-ui' | 'a2a';
  readonly trace?: TraceContext | undefined;
}

interface AgentStart extends AgentContent {
  /** The thread by the client's name for it; undefined for a new one. */
  readonly thread: string | undefined;
  /** Whether the client sends only its newest message. Then a workflow that takes messages gets the earlier ones from the thread. */
  readonly isNewestOnly?: boolean;
  /** The id of the request, by which the run can be found again. */
  readonly key: string;
  /** What the channel stores with the run, besides the name of the output with the answer. */
  readonly stored: object;
}

/** A run of this caller. */
export interface AgentRun {
  readonly runId: string;
  /** Whether an earlier request started it. */
  readonly isKnown: boolean;
}

interface AgentRunsParts {
  readonly published: PublishedRuns;
  readonly runs: RunService;
  readonly threads: ThreadService;
  readonly ownership: Ownership;
  readonly blobs: BlobStore;
  readonly catalog: NodeCatalog;
  readonly clock: TrustedClock;
  readonly publicUrl: string;
  readonly log: Log;
}

/** What a run waits for: answers of the caller, or somebody or something else. */
export type Waiting = { readonly questions: readonly OpenRequest[] } | { readonly elsewhere: string };

/**
 * Runs published workflows for callers who use an agent protocol (AG-UI, A2A). A caller finds only the runs that the same caller, or the
 * same end user of a key, started through the same channel.
 */
export class AgentRuns {
  constructor(private readonly parts: AgentRunsParts) {}

  /** Starts a run. Errors: `bad_request`, `thread_not_found`, `thread_busy`, and those of every start. */
  async start(caller: AgentCaller, { thread, key, stored, isNewestOnly, ...content }: AgentStart): Promise<AgentRun> {
    const { published, threads, ownership, catalog } = this.parts;
    const { slug, principal, headers, channel, trace } = caller;
    const onBehalfOf = endUserOf(headers);
    const resource = await ownership.resourceOf('workflow', slug, principal);
    const on =
      thread === undefined ? newThread : await threads.named(principal, onBehalfOf, resource.id ?? slug, thread);
    const asking = { endUser: onBehalfOf, thread: on };
    const { id, compiled, planInterface, version, test } = await published.workflow(slug, principal, asking);
    const blobs = projectBlobs(ownership, this.parts.blobs, resource.project ?? homeProjectOf(principal));
    const readsThread = usesThread(compiled.bundle, catalog);
    const needsHistory = isNewestOnly === true && !readsThread && on !== newThread;
    const { messages: history, label } = needsHistory
      ? await threads.history(await threads.viewerOf(principal, onBehalfOf), on)
      : nothingSaid;
    const { inputs, output } = await agentInputs(content, planInterface, blobs, { history, readsThread });
    const { runId, isReplay } = await published.start({
      slug,
      version: version.version,
      test,
      inputs,
      principal,
      channel,
      onBehalfOf,
      trace,
      thread: on,
      endUserGroups: endUserGroupsOf(headers),
      label,
      idempotencyKey: keyOf(caller, id, key),
      asked: { ...stored, output, clearance: version.replyClearance },
    });
    return { runId, isKnown: isReplay };
  }

  /** The run of an earlier request with this key; undefined if there is none. */
  async begun(caller: AgentCaller, key: string): Promise<AgentRun | undefined> {
    const { published, ownership } = this.parts;
    const { id = caller.slug } = await ownership.resourceOf('workflow', caller.slug, caller.principal);
    const { principal, headers } = caller;
    const runId = await published.begun(keyOf(caller, id, key), principal, endUserOf(headers));
    return runId === undefined ? undefined : { runId, isKnown: true };
  }

  /** A run that this caller started. Errors: `run_not_found`, also for a run of somebody else. */
  async own(caller: AgentCaller, runId: string): Promise<RunSummary> {
    const { runs, ownership } = this.parts;
    const { principal, headers, slug, channel } = caller;
    const summary = await runs.summary(runId);
    const named = endUserOf(headers);
    const subject = named === undefined ? principal.id : endUserSubject(named);
    const { id } = await ownership.resourceOf('workflow', slug, principal);
    const isOwn = summary.caller?.principal === principal.id && subjectOf(summary.caller) === subject;
    if (!isOwn || summary.caller?.channel !== channel || summary.workflowId !== id) throw runNotFound(runId);
    return summary;
  }

  /** What the channel stored with the run; undefined if it was erased. */
  async storedOf(runId: string): Promise<unknown> {
    return (await this.parts.runs.acceptance(runId)).asked;
  }

  /** The thread of a run. */
  threadOf(runId: string): Promise<string | undefined> {
    return this.parts.published.threadOf(runId);
  }

  /** The present reply of a run, for its caller. Errors: `run_not_found`, `label_refused`. */
  reply(runId: string, principal: Principal): Promise<PublishedReply> {
    return this.parts.published.get(runId, principal);
  }

  /** Waits until a run has ended or waits. */
  async settled(runId: string, signal: AbortSignal): Promise<void> {
    await this.parts.runs.settled(runId, signal);
  }

  /**
   * Answers a question of a run of this caller. If somebody else has answered already, nothing happens. Errors: `run_not_found`,
   * `forbidden`, `human_input_*`.
   */
  async answer(caller: AgentCaller, runId: string, requestId: string, value: unknown): Promise<void> {
    const { runs, ownership, clock } = this.parts;
    const { principal } = caller;
    await this.own(caller, runId);
    checkAccess(principal, 'human-input:answer', await ownership.resourceOf('run', runId, principal), clock, runId);
    try {
      await runs.answer(runId, requestId, { value: value ?? {} }, principal);
    } catch (error) {
      if (toHeddleError(error).code !== 'human_input_decided') throw error;
    }
  }

  /** Cancels a run of this caller. A run that has ended stays unchanged. Errors: `run_not_found`. */
  async cancel(caller: AgentCaller, runId: string, reason: string): Promise<void> {
    await this.own(caller, runId);
    await this.parts.published.cancel(runId, caller.principal, reason);
  }

  /** Like `cancel`, but logs errors, for callers who no longer wait. */
  async cancelQuietly(caller: AgentCaller, runId: string, reason: string): Promise<void> {
    try {
      await this.cancel(caller, runId, reason);
    } catch (err) {
      this.parts.log.warn({ runId, err }, `a run could not be cancelled: ${reason}`);
    }
  }

  /**
   * The public events of a run after a sequence number. The last one is `result`, `error`, or what the run waits for. Errors:
   * `run_not_found`, `storage_*`.
   */
  async *follow(
    runId: string,
    principal: Principal,
    options: { readonly after: number; readonly signal: AbortSignal },
  ): AsyncGenerator<PublishedEvent | { readonly type: 'waiting'; readonly waiting: Waiting }> {
    const { published } = this.parts;
    const { signal } = options;
    let { after } = options;
    for (;;) {
      let isOver = true;
      for await (const event of await published.stream(runId, principal, { after, signal })) {
        if ('seq' in event && event.seq !== undefined) after = event.seq;
        if (event.type !== 'result' || isTerminal(event.reply.status)) {
          yield event;
          continue;
        }
        const waiting = await this.waiting(runId, principal);
        isOver = waiting !== undefined;
        if (waiting !== undefined) yield { type: 'waiting', waiting };
      }
      if (isOver || signal.aborted) return;
    }
  }

  /** What a run waits for; undefined if it continues by itself. */
  async waiting(runId: string, principal: Principal): Promise<Waiting | undefined> {
    const { runs, published, publicUrl } = this.parts;
    const requests = await runs.requests(runId);
    if (!(await runs.isAtRest(runId))) return undefined;
    const [first] = requests;
    if (first === undefined)
      return { elsewhere: `The run ${runId} is suspended or paused and goes on later: follow it again.` };
    const clearance: LabelLevel = await published.clearance(runId, principal);
    const questions: OpenRequest[] = [];
    for (const request of requests)
      if (await isAskedHere(request, clearance, principal, this.parts)) questions.push(request);
    return questions.length > 0 ? { questions } : { elsewhere: answeredElsewhere(runId, first.requestId, publicUrl) };
  }
}

const nothingSaid = { messages: [], label: undefined } as const;

/** The idempotency key of a request. It contains the workflow, so the same id for another workflow is another request. */
const keyOf = ({ channel }: AgentCaller, workflowId: string, key: string): string => `${channel} ${workflowId} ${key}`;

/** The error for a run that continues without its caller. */
export const runContinues = (runId: string, message: string): HeddleError =>
  new HeddleError('conflict', message, { details: { runId } });

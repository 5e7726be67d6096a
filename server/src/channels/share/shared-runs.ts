import {
  FileRef,
  HeddleError,
  toHeddleError,
  type Clock,
  type OwnFeedbackReply,
  type PlanBundle,
  type PublishedReply,
  type SharedEvent,
  type SharedFeedback,
  type SharedPage,
  type SharedRun,
} from '@heddle/core';
import type { ShareStore, UploadLedger } from '@heddle/adapters/channels';
import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import type { RateLimits } from '../../auth/rate-limits.js';
import type { projectFiles } from '../../calls/project-files.js';
import type { FeedbackService } from '../../feedback/feedback.service.js';
import type { PartLimits } from '../../files/read-multipart.js';
import type { PublishedRuns } from '../../publishing/runs/published-runs.js';
import { readInputs } from '../../publishing/runs/read-request.js';
import type { RunService } from '../../runs/run.service.js';
import { linkedTrace } from '../../tracing/trace-context.js';
import type { ThreadViewer } from '../threads/thread.service.js';
import { shareInterfaceOf, sharedInputs, usualKind } from './share-interface.js';
import { closed, anonymousUserOf, type Entered } from './share-entry.js';
import { forAnonymousUsers, messageForAnonymous } from './anonymous-text.js';
import { givenInputs } from './given-inputs.js';
import { mostOfUpload, withRoom } from './upload-room.js';

interface SharedRunsDependencies {
  readonly published: PublishedRuns;
  readonly runs: RunService;
  readonly feedback: FeedbackService;
  readonly rates: RateLimits;
  readonly shares: Pick<ShareStore, 'checkDay'>;
  readonly uploads: Pick<UploadLedger, 'hold' | 'settle'>;
  readonly clock: Pick<Clock, 'now'>;
  /** The files of the project that a workflow belongs to. */
  readonly filesOf: (workflowId: string) => Promise<ReturnType<typeof projectFiles>>;
  /** Whether the nodes of a workflow read the thread of a run. */
  readonly usesThread: (bundle: PlanBundle) => boolean;
  readonly maxFileBytes: number;
  /** Limits of the parts of a multipart request. */
  readonly limits: PartLimits;
}

/** A user of a share page, and the run that they request. */
export interface Visit {
  readonly entered: Entered;
  readonly session: string;
  readonly runId: string;
}

/** Runs of a share link: the published version with its declared inputs. Each user sees only their own runs. */
export class SharedRuns {
  constructor(private readonly dependencies: SharedRunsDependencies) {}

  /** The content of the page. Errors: `not_published`, `version_not_found`. */
  async page(entered: Entered): Promise<SharedPage> {
    const { config } = entered;
    const { planInterface, name, compiled } = await forAnonymousUsers(() => this.workflow(entered, ''));
    const shown = shareInterfaceOf(planInterface, this.dependencies.usesThread(compiled.bundle));
    const { chat } = shown;
    const kind = chat === undefined ? 'form' : (config.kind ?? usualKind(shown));
    return {
      kind,
      title: config.title ?? name,
      greeting: config.greeting,
      examples: config.examples,
      inputs: sharedInputs(shown),
      outputs: Object.entries(planInterface.outputs).map(([output, { type, title }]) => ({
        name: output,
        type,
        title,
      })),
      ...(chat === undefined || kind === 'form' ? {} : { chat }),
      maxFileBytes: mostOfUpload(config, this.dependencies.maxFileBytes),
    };
  }

  /** Limits a user of a link to their own threads on its workflow. */
  viewerOf(entered: Entered, session: string): ThreadViewer {
    const { channel, config, principal } = entered;
    const subject = anonymousUserOf(entered, session);
    return {
      who: principal.id,
      within: [...principal.roles.keys()].map((project) => ({ project, subject })),
      may: ({ workflow }) => workflow === channel.workflowId,
      person: `${principal.id} ${subject}`,
      clearance: config.clearance,
    };
  }

  /** Starts a run. Errors: `too_many_requests`, `input_*`, `bad_request`, `not_published`, `stopped`, `busy`, `idempotency_conflict`. */
  start(
    entered: Entered,
    session: string,
    request: FastifyRequest,
    { idempotencyKey, thread }: { readonly idempotencyKey: string | undefined; readonly thread: string | undefined },
  ): Promise<string> {
    return forAnonymousUsers(() => this.begin(entered, session, request, idempotencyKey, thread));
  }

  private async begin(
    entered: Entered,
    session: string,
    request: FastifyRequest,
    idempotencyKey: string | undefined,
    thread: string | undefined,
  ): Promise<string> {
    const { channel, config, principal } = entered;
    const anonymousUser = anonymousUserOf(entered, session);
    const { planInterface } = await this.workflow(entered, anonymousUser, session);
    const shown = shareInterfaceOf(planInterface);
    this.dependencies.rates.take(`share:${channel.id}`, config.ratePerMinute);
    // This comes before the body is read, so that nothing is stored when the daily limit of runs is reached.
    await this.dependencies.shares.checkDay(channel.id);
    const files = await this.dependencies.filesOf(channel.workflowId);
    const sent = await withRoom(this.dependencies, entered, request, (onRead) =>
      readInputs(request, shown.visible, files, {
        onlySentFiles: true,
        onRead,
        ...this.dependencies.limits,
        maxBytes: mostOfUpload(config, this.dependencies.maxFileBytes),
      }),
    );
    const inputs = givenInputs(shown, sent, { conversation: `${anonymousUser} ${session}`, channel: channel.id });
    const { runId } = await this.dependencies.published.start({
      slug: channel.workflowId,
      version: config.version,
      inputs,
      principal,
      channel: 'share',
      endUser: anonymousUser,
      conversation: session,
      thread,
      subject: anonymousUser,
      trace: linkedTrace(request.headers['traceparent']),
      idempotencyKey,
      idempotencyScope: `${principal.id} ${anonymousUser}`,
    });
    return runId;
  }

  /** The events of a run that its user may see. The stream ends with a result, even if the run is suspended. Errors: `run_not_found`. */
  async *stream(visit: Visit, signal: AbortSignal): AsyncGenerator<SharedEvent> {
    await this.checkOwn(visit);
    const { entered, runId } = visit;
    const { clearance } = entered.config;
    yield { type: 'run', runId, thread: await this.dependencies.published.threadOf(runId) };
    for await (const event of await this.dependencies.published.stream(runId, entered.principal, {
      signal,
      clearance,
    })) {
      // Revoking a link also ends its open streams.
      if (!(await entered.isOpen())) {
        yield { type: 'result', run: failedRun(runId, closed()) };
        return;
      }
      // The page reconnects by itself once the server is back.
      if (event.type === 'error' && event.code === 'shutting_down') return;
      if (event.type === 'delta') yield event;
      else if (event.type === 'result') yield { type: 'result', run: shown(event.reply) };
      else if (event.type === 'error') yield { type: 'result', run: failedRun(runId, event) };
    }
  }

  /** Errors: `run_not_found`. */
  async get(visit: Visit): Promise<SharedRun> {
    const { runId, entered } = visit;
    await this.checkOwn(visit);
    try {
      return shown(await this.dependencies.published.get(runId, entered.principal, entered.config.clearance));
    } catch (thrown) {
      const error = toHeddleError(thrown);
      if (error.code !== 'label_refused') throw error;
      return failedRun(runId, error);
    }
  }

  /** Errors: `run_not_found`. */
  async cancel(visit: Visit): Promise<void> {
    await this.checkOwn(visit);
    await this.dependencies.published.cancel(visit.runId, visit.entered.principal, 'stopped on the share page');
  }

  /** The feedback that this user gave on one of their runs. Errors: `run_not_found`. */
  async feedbackOf(visit: Visit): Promise<OwnFeedbackReply> {
    await this.checkOwn(visit);
    return { feedback: await this.dependencies.feedback.own(visit.runId, personOf(visit)) };
  }

  /** Errors: `run_not_found`, `conflict` while the run goes on, `too_many_requests`. */
  async giveFeedback(visit: Visit, feedback: SharedFeedback): Promise<void> {
    await this.checkOwn(visit);
    this.dependencies.rates.take(`feedback:${visit.entered.principal.id}`, visit.entered.config.ratePerMinute * 2);
    await this.dependencies.feedback.give(visit.runId, personOf(visit), feedback);
  }

  /** Errors: `run_not_found`, `too_many_requests`. */
  async removeFeedback(visit: Visit): Promise<void> {
    await this.checkOwn(visit);
    await this.dependencies.feedback.remove(visit.runId, personOf(visit));
  }

  /** A file in the outputs of the run. Errors: `run_not_found`, `file_not_found`. */
  async file(
    visit: Visit,
    id: string,
  ): Promise<{ readonly size: number; readonly stream: Readable; readonly name: string }> {
    const { outputs } = await this.get(visit);
    const file = Object.values(outputs)
      .flat()
      .map((value) => FileRef.safeParse(value).data)
      .find((ref) => ref?.id === id);
    if (file === undefined) throw new HeddleError('file_not_found', 'The run has no such file in its outputs.');
    const files = await this.dependencies.filesOf(visit.entered.channel.workflowId);
    return { ...(await files.open(file.id)), name: file.name };
  }

  private workflow({ channel, config, principal }: Entered, anonymousUser: string, thread?: string) {
    return this.dependencies.published.workflow(channel.workflowId, principal, {
      version: config.version,
      endUser: anonymousUser,
      thread,
    });
  }

  private async checkOwn({ entered, session, runId }: Visit): Promise<void> {
    const { caller } = await this.dependencies.runs.summary(runId);
    if (caller?.principal === entered.principal.id && caller.endUser === anonymousUserOf(entered, session)) return;
    throw new HeddleError('run_not_found', `There is no run '${runId.slice(0, 80)}' here.`);
  }
}

/** The id of a user in feedback. Users of the same link have different ids. */
const personOf = ({ entered, session }: Visit): string =>
  `${entered.principal.id} ${anonymousUserOf(entered, session)}`;

/** Leaves costs and internals out of a reply. */
function shown({ runId, status, outputs, citations, error }: PublishedReply): SharedRun {
  return {
    runId,
    status,
    outputs,
    citations,
    error: error === undefined ? undefined : messageForAnonymous(error),
  };
}

/** A failed run, reduced to the reason that an anonymous user may read. */
export function failedRun(runId: string, error: { readonly code: string; readonly message: string }): SharedRun {
  const status = error.code === 'run_cancelled' ? 'cancelled' : 'failed';
  return { runId, status, outputs: {}, error: messageForAnonymous(error) };
}

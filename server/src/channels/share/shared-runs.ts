import {
  FileRef,
  HeddleError,
  toHeddleError,
  type Clock,
  type PublishedReply,
  type SharedEvent,
  type SharedFeedback,
  type SharedPage,
  type SharedRun,
} from '@heddle/core';
import type { SqliteAudit } from '@heddle/adapters/audit';
import type { ShareStore, UploadLedger } from '@heddle/adapters/channels';
import type { FastifyRequest } from 'fastify';
import type { Readable } from 'node:stream';
import type { RateLimits } from '../../auth/rate-limits.js';
import type { projectFiles } from '../../calls/project-files.js';
import type { PartLimits } from '../../files/read-multipart.js';
import type { PublishedRuns } from '../../publishing/published-runs.js';
import { readInputs } from '../../publishing/read-request.js';
import type { RoutingService } from '../../routing/routing.service.js';
import type { RunService } from '../../runs/run.service.js';
import { linkedTrace } from '../../tracing/trace-context.js';
import { shareInterfaceOf, sharedInputs, usualKind } from './share-interface.js';
import { closed, anonymousUserOf, type Entered } from './share-entry.js';
import { forAnonymousUsers, wordsFor } from './anonymous-words.js';
import { givenInputs } from './given-inputs.js';
import { mostOfUpload, withRoom } from './upload-room.js';

export interface SharedRunsParts {
  readonly published: PublishedRuns;
  readonly runs: RunService;
  readonly routing: RoutingService;
  readonly rates: RateLimits;
  readonly shares: Pick<ShareStore, 'checkDay'>;
  readonly uploads: Pick<UploadLedger, 'hold' | 'settle'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly audit: SqliteAudit;
  /** The files of a workflow's project. */
  readonly filesOf: (workflowId: string) => Promise<ReturnType<typeof projectFiles>>;
  readonly maxFileBytes: number;
  /** How much the parts of a request may hold. */
  readonly limits: PartLimits;
}

/** An anonymous user and the run that they mean. */
export interface Visit {
  readonly entered: Entered;
  readonly session: string;
  readonly runId: string;
}

/** Runs through a share: the published version with its declared inputs, seen by the visitor who began each and by nobody else. */
export class SharedRuns {
  constructor(private readonly parts: SharedRunsParts) {}

  /** What the page is made from. Errors: `not_published`, `version_not_found`. */
  async page(entered: Entered): Promise<SharedPage> {
    const { config } = entered;
    const { planInterface, name } = await forAnonymousUsers(() => this.workflow(entered, ''));
    const shown = shareInterfaceOf(planInterface);
    const { chat } = shown;
    const kind = chat === undefined ? 'form' : (config.kind ?? usualKind(shown));
    return {
      kind,
      title: config.title ?? name,
      ...(config.greeting === undefined ? {} : { greeting: config.greeting }),
      examples: config.examples,
      inputs: sharedInputs(shown),
      outputs: Object.entries(planInterface.outputs).map(([output, { type, title }]) => ({
        name: output,
        type,
        ...(title === undefined ? {} : { title }),
      })),
      ...(chat === undefined || kind === 'form' ? {} : { chat }),
      maxFileBytes: mostOfUpload(config, this.parts.maxFileBytes),
    };
  }

  /** Begins a run. Errors: `too_many_requests`, `input_*`, `bad_request`, `not_published`, `stopped`, `busy`, `idempotency_conflict`. */
  start(
    entered: Entered,
    session: string,
    request: FastifyRequest,
    idempotencyKey: string | undefined,
  ): Promise<string> {
    return forAnonymousUsers(() => this.begin(entered, session, request, idempotencyKey));
  }

  private async begin(
    entered: Entered,
    session: string,
    request: FastifyRequest,
    idempotencyKey: string | undefined,
  ): Promise<string> {
    const { channel, config, principal } = entered;
    const anonymousUser = anonymousUserOf(entered, session);
    const { planInterface } = await this.workflow(entered, anonymousUser);
    const shown = shareInterfaceOf(planInterface);
    this.parts.rates.take(`share:${channel.id}`, config.ratePerMinute);
    // Before anything is read: what comes after the last run of the day is kept nowhere.
    this.parts.shares.checkDay(channel.id);
    const files = await this.parts.filesOf(channel.workflowId);
    const sent = await withRoom(this.parts, entered, request, (onRead) =>
      readInputs(request, shown.visible, files, {
        ...{ onlySentFiles: true, onRead, ...this.parts.limits },
        maxBytes: mostOfUpload(config, this.parts.maxFileBytes),
      }),
    );
    const inputs = givenInputs(shown, sent, { conversation: `${anonymousUser} ${session}`, channel: channel.id });
    const { runId } = await this.parts.published.start({
      slug: channel.workflowId,
      ...(config.version === undefined ? {} : { version: config.version }),
      inputs,
      principal,
      channel: 'share',
      endUser: anonymousUser,
      subject: anonymousUser,
      trace: linkedTrace(request.headers['traceparent']),
      ...(idempotencyKey === undefined ? {} : { idempotencyKey, idempotencyScope: `${principal.id} ${anonymousUser}` }),
    });
    return runId;
  }

  /** What of the run may leave it, as it happens; it ends with a result, also where the run begins to wait. Errors: `run_not_found`. */
  async *stream(visit: Visit, signal: AbortSignal): AsyncGenerator<SharedEvent> {
    await this.checkOwn(visit);
    const { entered, runId } = visit;
    const { clearance } = entered.config;
    yield { type: 'run', runId };
    for await (const event of await this.parts.published.stream(runId, entered.principal, { signal, clearance })) {
      // Whoever revokes a link means it, also for what is being read.
      if (!entered.isOpen()) {
        yield { type: 'result', run: failedRun(runId, closed()) };
        return;
      }
      // The page takes it up again by itself once the server is back.
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
      return shown(await this.parts.published.get(runId, entered.principal, entered.config.clearance));
    } catch (thrown) {
      const error = toHeddleError(thrown);
      if (error.code !== 'label_refused') throw error;
      return failedRun(runId, error);
    }
  }

  /** Errors: `run_not_found`. */
  async cancel(visit: Visit): Promise<void> {
    await this.checkOwn(visit);
    await this.parts.published.cancel(visit.runId, visit.entered.principal, 'stopped on the share page');
  }

  /** Errors: `run_not_found`, `bad_request` where no model wrote. */
  async feedback(visit: Visit, feedback: SharedFeedback): Promise<void> {
    await this.checkOwn(visit);
    const { entered, session, runId } = visit;
    const who = `${entered.principal.id} ${anonymousUserOf(entered, session)}`;
    const details = { step: 'given', thumb: feedback.thumb };
    await this.parts.audit.during(
      () => [{ act: 'feedback', who, subject: `run:${runId}`, isAllowed: true, details }],
      () => this.parts.routing.feedback(runId, feedback, who),
    );
  }

  /** A file that the run gave. Errors: `run_not_found`, `file_not_found`. */
  async file(
    visit: Visit,
    id: string,
  ): Promise<{ readonly size: number; readonly stream: Readable; readonly name: string }> {
    const { outputs } = await this.get(visit);
    const file = Object.values(outputs)
      .flat()
      .map((value) => FileRef.safeParse(value).data)
      .find((ref) => ref?.id === id);
    if (file === undefined) throw new HeddleError('file_not_found', 'The run gave no such file.');
    const files = await this.parts.filesOf(visit.entered.channel.workflowId);
    return { ...(await files.open(file.id)), name: file.name };
  }

  private workflow({ channel, config, principal }: Entered, anonymousUser: string) {
    return this.parts.published.workflow(channel.workflowId, principal, {
      version: config.version,
      endUser: anonymousUser,
    });
  }

  private async checkOwn({ entered, session, runId }: Visit): Promise<void> {
    const { caller } = await this.parts.runs.summary(runId);
    if (caller?.principal === entered.principal.id && caller.endUser === anonymousUserOf(entered, session)) return;
    throw new HeddleError('run_not_found', `There is no run '${runId.slice(0, 80)}' here.`);
  }
}

/** A reply without what it cost and what it is made of. */
function shown({ runId, status, outputs, citations, error }: PublishedReply): SharedRun {
  return {
    runId,
    status,
    outputs,
    ...(citations === undefined ? {} : { citations }),
    ...(error === undefined ? {} : { error: wordsFor(error) }),
  };
}

/** A run that an anonymous user hears no more of than why. */
export function failedRun(runId: string, error: { readonly code: string; readonly message: string }): SharedRun {
  const status = error.code === 'run_cancelled' ? 'cancelled' : 'failed';
  return { runId, status, outputs: {}, error: wordsFor(error) };
}

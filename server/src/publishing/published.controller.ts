import {
  defaultProject,
  HeddleError,
  isTerminal,
  PublishedReply,
  type Principal,
  type TraceContext,
  withoutUndefined,
} from '@heddle/core';
import { Controller, Get, Headers, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { once } from 'node:events';
import { Caller } from '../auth/caller.js';
import { projectFiles } from '../calls/project-files.js';
import { partLimits } from '../files/parts-of.js';
import type { BlobStore } from '@heddle/adapters/blobs';
import { Ownership } from '../auth/rights/ownership.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { BLOBS } from '../files/file-tokens.js';
import { LOG, type Log } from '../common/log.js';
import { endUserGroupsOf, endUserOf } from '../auth/end-user.js';
import { Access } from '../http/access.js';
import { TakesValues } from '../http/bodies/body-bounds.js';
import { lostRight, ReplySignals } from '../auth/rights/reply-signals.js';
import { InputsBody } from '../http/openapi/inputs-body.js';
import { Reply } from '../http/reply.js';
import { securityHeaders } from '../http/security-headers.js';
import { SETTINGS } from '../settings/settings-token.js';
import type { Settings } from '../settings/settings-table.js';
import { Trace } from '../tracing/trace-context.js';
import { eventText } from './runs/event-text.js';
import { publishedOpenApi } from './published-openapi.js';
import { failureOf } from './runs/published-reply.js';
import { PublishedRuns } from './runs/published-runs.js';
import { readHeaders, readInputs } from './runs/read-request.js';
import { withinTime } from './runs/within-time.js';

/** The run to stream, the event to begin after, and the time limit. */
interface Followed {
  readonly runId: string;
  readonly principal: Principal;
  readonly after: number;
  readonly timeoutMs?: number | undefined;
}

/** Published workflows under `/v1`. A request cannot replace the graph, code, model or tools of a version. */
@Controller('v1')
export class PublishedController {
  constructor(
    private readonly runs: PublishedRuns,
    private readonly ownership: Ownership,
    @Inject(BLOBS) private readonly blobs: BlobStore,
    private readonly clock: TrustedClock,
    @Inject(LOG) private readonly log: Log,
    private readonly signals: ReplySignals,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Describes the workflows of all projects that the caller may run. */
  @Get('workflows/openapi.json')
  @Access('signed-in')
  @Reply(undefined)
  async openApiOfAll(@Caller() caller: Principal): Promise<object> {
    return publishedOpenApi(await this.runs.list(caller), mayRate(caller));
  }

  @Get('workflows/:slug/openapi.json')
  @Access('run:published', { kind: 'workflow', param: 'slug' })
  @Reply(undefined)
  async openApi(@Param('slug') slug: string, @Caller() caller: Principal): Promise<object> {
    return publishedOpenApi([await this.runs.workflow(slug, caller)], mayRate(caller));
  }

  @Post('workflows/:slug')
  @InputsBody()
  @TakesValues('inputs')
  @Access('run:published', { kind: 'workflow', param: 'slug' })
  @Reply(PublishedReply)
  async start(
    @Param('slug') slug: string,
    @Caller() principal: Principal,
    @Trace() trace: TraceContext | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { settings } = this;
    const { version, idempotencyKey, timeoutMs, thread, isAsync, isStream } = readHeaders(
      request.headers,
      settings.publishedTimeoutMs,
    );
    const pin = version === undefined ? {} : { version };
    const { id, planInterface } = await this.runs.workflow(slug, principal, pin);
    const { project = defaultProject } = await this.ownership.resourceOf('workflow', id);
    const blobs = projectFiles(this.ownership, this.blobs, project);
    const inputs = await readInputs(request, planInterface, blobs, partLimits(settings));
    const { runId, workflow, isReplay } = await this.runs.start({
      slug,
      ...pin,
      inputs,
      principal,
      channel: 'v1',
      onBehalfOf: endUserOf(request.headers),
      endUserGroups: endUserGroupsOf(request.headers),
      thread,
      trace,
      idempotencyKey,
    });
    const on = await this.runs.threadOf(runId);
    if (on !== undefined) void reply.header('heddle-thread', on);
    void reply.header('heddle-version', String(workflow.version.version)).header('location', `/v1/runs/${runId}`);
    if (isReplay) void reply.header('idempotent-replayed', 'true');
    if (isAsync) {
      await reply
        .status(202)
        .header('preference-applied', 'respond-async')
        .send({ runId, thread: on, status: 'queued' });
      return;
    }
    const closed = this.signals.open(reply);
    if (settings.cancelOnDisconnect === 'true')
      closed.addEventListener('abort', () => {
        if (!reply.raw.writableFinished) void this.cancelQuietly(runId, principal, 'the caller went away');
      });
    if (isStream) {
      await this.stream({ runId, principal, after: 0, timeoutMs }, reply, closed);
      return;
    }
    const waiting = timeoutMs === undefined ? { signal: closed } : { signal: closed, timeoutMs };
    const result = await this.runs.result(runId, principal, waiting);
    const failure = failureOf(result);
    if (failure !== undefined) throw failure;
    await reply.status(isTerminal(result.status) ? 200 : 202).send(result);
  }

  @Get('runs/:id')
  @Access(['run:published', 'run:read'], { kind: 'run', param: 'id' })
  @Reply(PublishedReply)
  async get(@Param('id') id: string, @Caller() caller: Principal): Promise<PublishedReply> {
    return this.runs.get(id, caller);
  }

  @Get('runs/:id/events')
  @Access(['run:published', 'run:read'], { kind: 'run', param: 'id' })
  @Reply(undefined, 200, 'text/event-stream')
  async events(
    @Param('id') id: string,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Caller() caller: Principal,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (lastEventId !== undefined && !/^\d{1,15}$/.test(lastEventId))
      throw new HeddleError('bad_request', 'Last-Event-ID must be the id of the last event that was received.');
    await this.stream(
      { runId: id, principal: caller, after: Number(lastEventId ?? 0) },
      reply,
      this.signals.open(reply),
    );
  }

  private async stream(
    { runId, principal, after, timeoutMs }: Followed,
    reply: FastifyReply,
    signal: AbortSignal,
  ): Promise<void> {
    const stream = await this.runs.stream(runId, principal, { after, signal });
    const cancel = (): Promise<void> => this.cancelQuietly(runId, principal, 'timeout');
    const events =
      timeoutMs === undefined ? stream : withinTime(stream, { timeoutMs, clock: this.clock.steady, cancel });
    const head = reply.getHeaders();
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...securityHeaders,
      'heddle-version': String(head['heddle-version'] ?? ''),
      ...withoutUndefined({
        'idempotent-replayed': head['idempotent-replayed'],
        'heddle-thread': head['heddle-thread'],
      }),
      location: `/v1/runs/${runId}`,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
    raw.flushHeaders();
    for await (const event of events) {
      if (!raw.write(eventText(event)) && !raw.destroyed) await Promise.race([once(raw, 'drain'), once(raw, 'close')]);
    }
    const lost = lostRight(signal);
    raw.end(lost === undefined ? '' : eventText({ type: 'error', code: lost.code, message: lost.message, runId }));
  }

  private async cancelQuietly(runId: string, principal: Principal, reason: string): Promise<void> {
    try {
      await this.runs.cancel(runId, principal, reason);
    } catch (err) {
      this.log.warn({ runId, err }, `a run could not be cancelled: ${reason}`);
    }
  }
}

/** The document of a key without the right does not contain the feedback paths. */
const mayRate = ({ scopes }: Principal): boolean => scopes?.permissions.includes('run:feedback') ?? true;

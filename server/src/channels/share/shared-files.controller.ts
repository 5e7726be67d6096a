import { HeddleError, OwnFeedbackReply, SharedFeedback, SharedPage, SharedRun, type SharedEvent } from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { once } from 'node:events';
import { Access } from '../../http/access.js';
import { TakesValues } from '../../http/bodies/body-bounds.js';
import { lostRight, ReplySignals } from '../../auth/rights/reply-signals.js';
import { InputsBody } from '../../http/openapi/inputs-body.js';
import { Reply } from '../../http/reply.js';
import { securityHeaders } from '../../http/security-headers.js';
import { type Entered, ShareEntry } from './share-entry.js';
import { failedRun, type Visit, SharedRuns } from './shared-runs.js';

/** The API of the share page. The token in the address is the credential; it gives each user access only to their own runs. */
@Controller('v1/share/:token')
export class SharedFilesController {
  constructor(
    private readonly sharedRuns: SharedRuns,
    private readonly entry: ShareEntry,
    private readonly signals: ReplySignals,
  ) {}

  @Get()
  @Access('public')
  @Reply(SharedPage)
  async page(@Param('token') token: string, @Req() request: FastifyRequest): Promise<SharedPage> {
    return this.sharedRuns.page(await this.enter(token, request));
  }

  /** Starts a run and streams the events that its user may see. */
  @Post('runs')
  @InputsBody()
  @TakesValues('inputs')
  @Access('public')
  @Reply(undefined, 200, 'text/event-stream')
  async start(
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const entered = await this.enter(token, request);
    const session = sessionOf(request);
    const runId = await this.sharedRuns.start(entered, session, request, {
      idempotencyKey: keyOf(request),
      thread: threadIn(request),
    });
    await this.send({ entered, session, runId }, reply);
  }

  @Get('runs/:run')
  @Access('public')
  @Reply(SharedRun)
  async get(
    @Param('token') token: string,
    @Param('run') run: string,
    @Req() request: FastifyRequest,
  ): Promise<SharedRun> {
    return this.sharedRuns.get(await this.visit(token, run, request));
  }

  @Get('runs/:run/events')
  @Access('public')
  @Reply(undefined, 200, 'text/event-stream')
  async events(
    @Param('token') token: string,
    @Param('run') run: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.send(await this.visit(token, run, request), reply);
  }

  @Post('runs/:run/cancel')
  @Access('public')
  @Reply(undefined, 204)
  async cancel(
    @Param('token') token: string,
    @Param('run') run: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.sharedRuns.cancel(await this.visit(token, run, request));
  }

  @Get('runs/:run/feedback')
  @Access('public')
  @Reply(OwnFeedbackReply)
  async feedbackOf(
    @Param('token') token: string,
    @Param('run') run: string,
    @Req() request: FastifyRequest,
  ): Promise<OwnFeedbackReply> {
    return this.sharedRuns.feedbackOf(await this.visit(token, run, request));
  }

  @Delete('runs/:run/feedback')
  @Access('public')
  @Reply(undefined, 204)
  async removeFeedback(
    @Param('token') token: string,
    @Param('run') run: string,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.sharedRuns.removeFeedback(await this.visit(token, run, request));
  }

  @Post('runs/:run/feedback')
  @Access('public')
  @Reply(undefined, 204)
  async giveFeedback(
    @Param('token') token: string,
    @Param('run') run: string,
    @Body({ schema: SharedFeedback }) feedback: SharedFeedback,
    @Req() request: FastifyRequest,
  ): Promise<void> {
    await this.sharedRuns.giveFeedback(await this.visit(token, run, request), feedback);
  }

  /** The file is always an attachment of a neutral type, so that a browser never runs it. */
  @Get('runs/:run/files/:file')
  @Access('public')
  @Reply(undefined, 200, 'application/octet-stream')
  async file(
    @Param('token') token: string,
    @Param('run') run: string,
    @Param('file') file: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const visit = await this.visit(token, run, request);
    const { size, stream } = await this.sharedRuns.file(visit, file);
    await reply
      .header('content-type', 'application/octet-stream')
      .header('content-length', size)
      .header('content-disposition', 'attachment')
      .header('cache-control', 'no-store')
      .send(stream);
  }

  private enter(token: string, { headers, ip, method, url }: FastifyRequest): Promise<Entered> {
    return this.entry.enter(token, { headers, ip, method, url });
  }

  private async visit(token: string, runId: string, request: FastifyRequest): Promise<Visit> {
    return { entered: await this.enter(token, request), session: sessionOf(request), runId };
  }

  private async send(visit: Visit, reply: FastifyReply): Promise<void> {
    const signal = this.signals.open(reply, visit.entered.subscription);
    const events = this.sharedRuns.stream(visit, signal);
    // If the run is refused, the reply has the status of that error, so the first event is read before the stream's headers are sent.
    const first = await events.next();
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...securityHeaders,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    raw.flushHeaders();
    if (first.done !== true) raw.write(eventText(first.value));
    for await (const event of events)
      if (!raw.write(eventText(event)) && !raw.destroyed) await Promise.race([once(raw, 'drain'), once(raw, 'close')]);
    const lost = lostRight(signal);
    raw.end(lost === undefined ? '' : eventText({ type: 'result', run: failedRun(visit.runId, lost) }));
  }
}

/** One event of a stream. JSON contains no raw line breaks, so the data stays on one line. */
const eventText = ({ type, ...data }: SharedEvent): string => `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;

/** The session that the page made for its user. A request needs it to see the user's runs and threads. Errors: `bad_request`. */
export function sessionOf({ headers }: FastifyRequest): string {
  const session = headers['heddle-session'];
  if (typeof session === 'string' && /^[\w-]{16,64}$/.test(session)) return session;
  throw new HeddleError('bad_request', 'The header Heddle-Session must be 16 to 64 letters, digits, _ or -.', {
    details: { header: 'Heddle-Session' },
  });
}

/** The thread that the new run continues. */
function threadIn({ headers }: FastifyRequest): string | undefined {
  const thread = headers['heddle-thread'];
  return thread === undefined ? undefined : String(thread).slice(0, 64);
}

function keyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key === undefined || (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key))) return key;
  throw new HeddleError('bad_request', 'The header Idempotency-Key must be 1 to 255 visible characters.');
}

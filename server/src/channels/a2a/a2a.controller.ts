import type { Principal, TraceContext } from '@heddle/core';
import { Body, Controller, Get, Headers, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Caller } from '../../auth/caller.js';
import { ReplySignals } from '../../auth/rights/reply-signals.js';
import { LOG, type Log } from '../../common/log.js';
import { Access } from '../../http/access.js';
import { TakesValues } from '../../http/bodies/body-bounds.js';
import { Reply } from '../../http/reply.js';
import { PublishedRuns } from '../../publishing/runs/published-runs.js';
import type { Settings } from '../../settings/settings-table.js';
import { SETTINGS } from '../../settings/settings-token.js';
import { Trace } from '../../tracing/trace-context.js';
import { AgentRuns, type AgentCaller } from '../agents/agent-runs.js';
import { openEventStream } from '../event-stream.js';
import type { A2aReply } from './speak-a2a.js';

/** A JSON-RPC request. The protocol library checks its members, and its errors are replies. */
const RpcRequest = z.looseObject({}).meta({ id: 'A2aRequest' });
const RpcReply = z.looseObject({}).meta({ id: 'A2aReply' });

/** Published workflows as agents of A2A. */
@Controller('v1/workflows')
export class A2aController {
  constructor(
    private readonly agents: AgentRuns,
    private readonly published: PublishedRuns,
    private readonly signals: ReplySignals,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** The agent card, in the form of the version in the header `A2A-Version`; without the header, of version 0.3. */
  @Get(':slug/a2a/.well-known/agent-card.json')
  @Access('run:published', { kind: 'workflow', param: 'slug' })
  @Reply(RpcReply)
  async card(
    @Param('slug') slug: string,
    @Headers('a2a-version') version: string | undefined,
    @Caller() principal: Principal,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<object> {
    const { cardIn } = await import('./speak-a2a.js');
    void reply.header('vary', 'a2a-version').header('cache-control', 'no-cache');
    return cardIn(this.agents, {
      caller: { slug, principal, headers: request.headers, channel: 'a2a' },
      version,
      base: this.baseOf(request),
      signal: this.signals.open(reply),
      workflow: () => this.published.workflow(slug, principal),
    });
  }

  @Post(':slug/a2a')
  @TakesValues('inputs')
  @Access('run:published', { kind: 'workflow', param: 'slug' })
  @Reply(RpcReply)
  async call(
    @Param('slug') slug: string,
    @Body({ schema: RpcRequest }) body: z.infer<typeof RpcRequest>,
    @Headers('a2a-version') version: string | undefined,
    @Caller() principal: Principal,
    @Trace() trace: TraceContext | undefined,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // The protocol library is loaded at first use.
    const { speakA2a, errorReply } = await import('./speak-a2a.js');
    const caller: AgentCaller = { slug, principal, headers: request.headers, channel: 'a2a', trace };
    const signal = this.signals.open(reply);
    const answer = await speakA2a(this.agents, {
      caller,
      body,
      version,
      signal,
      base: this.baseOf(request),
      workflow: () => this.published.workflow(slug, principal),
      onRun: (runId) => this.cancelWithCaller(caller, runId, reply, signal),
    });
    void reply.header('a2a-version', version ?? '0.3');
    if (Symbol.asyncIterator in answer) await this.stream(answer, reply, signal, (error) => errorReply(body, error));
    else await reply.status(200).send(answer);
  }

  private async stream(
    replies: Extract<A2aReply, AsyncGenerator>,
    reply: FastifyReply,
    signal: AbortSignal,
    failed: (error: unknown) => object,
  ): Promise<void> {
    const stream = openEventStream(reply, signal, { 'a2a-version': reply.getHeader('a2a-version') });
    const send = (data: object): Promise<void> => stream.send(`data: ${JSON.stringify(data)}\n\n`);
    try {
      for await (const data of replies) await send(data);
    } catch (err) {
      this.log.debug({ err }, 'the stream of a task ended early');
      await send(failed(err));
    } finally {
      stream.end();
    }
  }

  private cancelWithCaller(caller: AgentCaller, runId: string, reply: FastifyReply, signal: AbortSignal): void {
    if (this.settings.cancelOnDisconnect !== 'true') return;
    signal.addEventListener('abort', () => {
      if (!reply.raw.writableFinished) void this.agents.cancelQuietly(caller, runId, 'the caller went away');
    });
  }

  private baseOf({ protocol, host }: FastifyRequest): string {
    return this.settings.publicUrl?.replace(/\/+$/, '') ?? `${protocol}://${host}`;
  }
}

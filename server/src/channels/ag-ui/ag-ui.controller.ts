import { HeddleError, RunAgentInput, type Principal, type TraceContext } from '@heddle/core';
import { Body, Controller, Headers, Inject, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Caller } from '../../auth/caller.js';
import { ReplySignals } from '../../auth/rights/reply-signals.js';
import { Access } from '../../http/access.js';
import { TakesValues } from '../../http/bodies/body-bounds.js';
import { openEventStream } from '../event-stream.js';
import { Reply } from '../../http/reply.js';
import type { Settings } from '../../settings/settings-table.js';
import { SETTINGS } from '../../settings/settings-token.js';
import { Trace } from '../../tracing/trace-context.js';
import { AgentRuns, type AgentCaller } from '../agents/agent-runs.js';
import { AgUiService } from './ag-ui.service.js';

/** Published workflows for AG-UI clients: each request is a run, and its reply is the stream of the run's events. */
@Controller('v1/workflows')
export class AgUiController {
  constructor(
    private readonly service: AgUiService,
    private readonly agents: AgentRuns,
    private readonly signals: ReplySignals,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** Starts a run, or follows an earlier run of the caller again. Errors before the stream: as for other calls of a workflow. */
  @Post(':slug/ag-ui')
  @TakesValues('inputs')
  @Access('run:published', { kind: 'workflow', param: 'slug' })
  @Reply(undefined, 200, 'text/event-stream')
  async run(
    @Param('slug') slug: string,
    @Body({ schema: RunAgentInput }) input: RunAgentInput,
    @Headers('last-event-id') lastEventId: string | undefined,
    @Caller() principal: Principal,
    @Trace() trace: TraceContext | undefined,
    @Req() { headers }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (lastEventId !== undefined && !/^\d{1,15}$/.test(lastEventId))
      throw new HeddleError('bad_request', 'Last-Event-ID must be the id of the last event that was received.');
    const caller: AgentCaller = { slug, principal, headers, channel: 'ag-ui', trace };
    const run = await this.service.open(caller, input);
    const signal = this.signals.open(reply);
    if (this.settings.cancelOnDisconnect === 'true')
      signal.addEventListener('abort', () => {
        if (!reply.raw.writableFinished) void this.agents.cancelQuietly(caller, run.runId, 'the caller went away');
      });
    const stream = openEventStream(reply, signal, {
      location: `/v1/runs/${run.runId}`,
      'heddle-thread': await this.agents.threadOf(run.runId),
    });
    const options = { after: Number(lastEventId ?? 0), signal };
    for await (const { event, seq } of this.service.events(caller, input, run, options))
      await stream.send(`${seq === undefined ? '' : `id: ${seq}\n`}data: ${JSON.stringify(event)}\n\n`);
    stream.end();
  }
}

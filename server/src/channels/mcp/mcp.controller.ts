import { HeddleError } from '@heddle/core';
import type { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { All, Body, Controller, Inject, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import { CallerRights } from '../../auth/rights/caller-rights.js';
import { Ownership } from '../../auth/rights/ownership.js';
import { TrustedClock } from '../../common/trusted-clock.js';
import { requestCredentials } from '../../auth/request-credentials.js';
import { Access, FindsCaller } from '../../http/access.js';
import { TakesValues } from '../../http/bodies/body-bounds.js';
import { DescribedReply } from '../../http/reply.js';
import { securityHeaders } from '../../http/security-headers.js';
import { RunHub } from '../../live/run-hub.js';
import { RunService } from '../../runs/run.service.js';
import { ChannelCallers } from '../channel-callers.js';
import type { McpCaller } from './mcp-session.js';
import { PUBLISHED, type Published } from '../published.js';
import { OpenSessions } from './open-sessions.js';

/** The most open sessions. */
const mostSessions = 1000;

interface Session {
  readonly transport: StreamableHTTPServerTransport;
  /** Only the caller who opened a session may use it, with their present rights. */
  caller: McpCaller;
}

/** Published workflows as tools of the Model Context Protocol, over streamable HTTP. */
@Controller('mcp')
export class McpController {
  private readonly sessions: OpenSessions<Session>;

  constructor(
    @Inject(PUBLISHED) private readonly published: Published,
    private readonly callers: ChannelCallers,
    private readonly rights: CallerRights,
    private readonly runs: RunService,
    private readonly hub: RunHub,
    private readonly ownership: Ownership,
    private readonly clock: TrustedClock,
  ) {
    this.sessions = new OpenSessions(clock.steady, mostSessions, ({ transport }) => void transport.close());
  }

  @All()
  @TakesValues('inputs')
  @Access('public')
  @FindsCaller()
  @DescribedReply(undefined, 200)
  async handle(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body() body: unknown): Promise<void> {
    const principal = await this.callers.callerOf(request);
    const id = request.headers['mcp-session-id'];
    const known = typeof id === 'string' ? this.sessions.get(id) : undefined;
    if (id !== undefined && known?.caller.principal.id !== principal.id)
      throw new HeddleError('not_found', 'The session has ended: begin a new one.');
    const caller = { principal, credentials: requestCredentials(request) };
    if (known !== undefined) known.caller = caller;
    if (known !== undefined && typeof id === 'string') reply.raw.once('close', this.sessions.use(id));
    const transport = known?.transport ?? (await this.open(caller));
    if (request.method === 'GET') this.watchStream(caller, transport, reply);
    reply.hijack();
    // The library writes to the raw reply, so headers of our reply would be lost.
    for (const [name, value] of Object.entries({ ...securityHeaders, 'cache-control': 'no-store' }))
      reply.raw.setHeader(name, value);
    await transport.handleRequest(request.raw, reply.raw, body);
  }

  /** The library of the protocol is loaded at its first use. */
  private async open(caller: McpCaller): Promise<StreamableHTTPServerTransport> {
    const [{ StreamableHTTPServerTransport: Transport }, { createMcpServer }] = await Promise.all([
      import('@modelcontextprotocol/sdk/server/streamableHttp.js'),
      import('./mcp-session.js'),
    ]);
    const transport = new Transport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => {
        this.sessions.add(id, caller.principal.id, session);
      },
      onsessionclosed: (id) => this.sessions.remove(id),
    });
    const session: Session = { transport, caller };
    const { published, callers, rights, runs, hub, ownership, clock } = this;
    const server = createMcpServer({ published, callers, rights, runs, hub, ownership, clock }, () => session.caller);
    await server.connect(transport);
    return transport;
  }

  /** Ends the event stream of a session once its owner lost their rights. Calls check this themselves, so that they can report why. */
  private watchStream(caller: McpCaller, transport: StreamableHTTPServerTransport, reply: FastifyReply): void {
    const stop = this.rights.watch({
      ...caller,
      check: ({ roles, name }) => {
        if ([...roles.values()].every((held) => held.length === 0))
          throw new HeddleError('forbidden', `'${name}' is in no project any more.`);
      },
      onLost: () => transport.closeStandaloneSSEStream(),
    });
    reply.raw.once('close', stop);
  }
}

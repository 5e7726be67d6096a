import { HeddleError } from '@heddle/core';
import type { McpHttpHandler, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
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
import { RunHub } from '../../live/run-hub.js';
import { RunService } from '../../runs/run.service.js';
import type { Settings } from '../../settings/settings-table.js';
import { SETTINGS } from '../../settings/settings-token.js';
import { ChannelCallers } from '../channel-callers.js';
import { Library } from './library/library.js';
import type { McpCaller } from './mcp-caller.js';
import type { McpSources } from './mcp-sources.js';
import { PUBLISHED, type Published } from '../published.js';
import { OpenSessions } from './open-sessions.js';
import { begunAtOnce, webRequestOf } from './web-request.js';

/** The most open sessions. */
const mostSessions = 1000;

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  /** Only the caller who opened a session may use it, with their present rights. */
  caller: McpCaller;
}

/**
 * Published workflows as tools of the Model Context Protocol, over streamable HTTP. A request of revision 2026-07-28 stands alone; a client of
 * an earlier revision opens a session.
 */
@Controller('mcp')
export class McpController {
  private readonly sessions: OpenSessions<Session>;
  /** Serves requests that stand alone. The caller of each is in `callers`, under its web request. */
  private stateless: Promise<McpHttpHandler> | undefined;
  private readonly asking = new WeakMap<Request, McpCaller>();

  constructor(
    @Inject(PUBLISHED) private readonly published: Published,
    private readonly callers: ChannelCallers,
    private readonly rights: CallerRights,
    private readonly runs: RunService,
    private readonly hub: RunHub,
    private readonly ownership: Ownership,
    private readonly clock: TrustedClock,
    private readonly library: Library,
    @Inject(SETTINGS) private readonly settings: Settings,
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
    const caller = { principal, credentials: requestCredentials(request) };
    const web = webRequestOf(request, reply);
    const response = await (request.headers['mcp-session-id'] === undefined
      ? this.begin(web, caller, body)
      : this.goOn(request.headers['mcp-session-id'], web, caller, { body, reply }));
    await reply.header('cache-control', 'no-store').send(begunAtOnce(response));
  }

  /** A request that stands alone, or the first of a session. */
  private async begin(web: Request, caller: McpCaller, body: unknown): Promise<Response> {
    const { isLegacyRequest } = await import('@modelcontextprotocol/server');
    if (await isLegacyRequest(web, body))
      return (await this.open(web, caller)).handleRequest(web, { parsedBody: body });
    this.asking.set(web, caller);
    this.stateless ??= this.serveStateless();
    return (await this.stateless).fetch(web, { parsedBody: body });
  }

  private async goOn(
    id: string | readonly string[],
    web: Request,
    caller: McpCaller,
    { body, reply }: { readonly body: unknown; readonly reply: FastifyReply },
  ): Promise<Response> {
    const known = typeof id === 'string' ? this.sessions.get(id) : undefined;
    if (known === undefined || typeof id !== 'string' || known.caller.principal.id !== caller.principal.id)
      throw new HeddleError('not_found', 'The session has ended: begin a new one.');
    known.caller = caller;
    reply.raw.once('close', this.sessions.use(id));
    if (web.method === 'GET') this.watchStream(caller, known.transport, reply);
    return known.transport.handleRequest(web, { parsedBody: body });
  }

  /** The library of the protocol is loaded at its first use. */
  private async serveStateless(): Promise<McpHttpHandler> {
    const [{ createMcpHandler }, { createMcpServer }] = await Promise.all([
      import('@modelcontextprotocol/server'),
      import('./mcp-server.js'),
    ]);
    return createMcpHandler(
      ({ requestInfo }) => {
        const caller = requestInfo === undefined ? undefined : this.asking.get(requestInfo);
        if (requestInfo === undefined || caller === undefined)
          throw new HeddleError('internal', 'A request of the protocol has no caller.');
        return createMcpServer(this.sources(requestInfo), () => caller);
      },
      // Lists of tools change with rights, and no list of ours tells of changes: there is nothing to listen to.
      { legacy: 'reject', maxSubscriptions: 0 },
    );
  }

  private async open(web: Request, caller: McpCaller): Promise<WebStandardStreamableHTTPServerTransport> {
    const [{ WebStandardStreamableHTTPServerTransport: Transport }, { createMcpServer }] = await Promise.all([
      import('@modelcontextprotocol/server'),
      import('./mcp-server.js'),
    ]);
    const transport = new Transport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => {
        this.sessions.add(id, caller.principal.id, session);
      },
      onsessionclosed: (id) => this.sessions.remove(id),
    });
    const session: Session = { transport, caller };
    await createMcpServer(this.sources(web), () => session.caller).connect(transport);
    return transport;
  }

  private sources(web: Request): McpSources {
    const { published, callers, rights, runs, hub, ownership, clock, library } = this;
    const publicUrl = this.settings.publicUrl ?? new URL(web.url).origin;
    return { published, callers, rights, runs, hub, ownership, clock, library, publicUrl };
  }

  /** Ends the event stream of a session once its owner lost their rights. Calls check this themselves, so that they can report why. */
  private watchStream(
    caller: McpCaller,
    transport: WebStandardStreamableHTTPServerTransport,
    reply: FastifyReply,
  ): void {
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

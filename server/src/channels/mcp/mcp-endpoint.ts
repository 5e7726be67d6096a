import { HeddleError } from '@heddle/core';
import type { McpHttpHandler, Server, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { randomUUID } from 'node:crypto';
import type { CallerRights } from '../../auth/rights/caller-rights.js';
import type { TrustedClock } from '../../common/trusted-clock.js';
import type { McpCaller } from './mcp-caller.js';
import { OpenSessions } from './open-sessions.js';
import { begunAtOnce, webRequestOf } from './web-request.js';

const mostSessions = 1000;

// oxlint-disable-next-line typescript/no-deprecated -- the newer interface takes schemas of zod; tools have JSON schemas
type PlainServer = Server;

interface Session {
  readonly transport: WebStandardStreamableHTTPServerTransport;
  /** The caller who opened the session, with their present credentials. Nobody else may use it. */
  caller: McpCaller;
}

/** Creates the MCP server for one caller, who may send other credentials with each call. */
type MakeMcpServer = (web: Request, caller: () => McpCaller) => Promise<PlainServer>;

/**
 * An endpoint of the Model Context Protocol over streamable HTTP. With revision 2026-07-28 each request is independent; a client of an
 * earlier revision opens a session.
 */
export class McpEndpoint {
  private readonly sessions: OpenSessions<Session>;
  /** Handles independent requests. The caller of each is in `asking`, under its web request. */
  private stateless: Promise<McpHttpHandler> | undefined;
  private readonly asking = new WeakMap<Request, McpCaller>();

  constructor(
    private readonly make: MakeMcpServer,
    private readonly rights: CallerRights,
    clock: TrustedClock,
  ) {
    this.sessions = new OpenSessions(clock.steady, mostSessions, ({ transport }) => void transport.close());
  }

  /** Handles a request of a caller. Errors: `not_found` if the session has ended. */
  async handle(request: FastifyRequest, reply: FastifyReply, body: unknown, caller: McpCaller): Promise<void> {
    const web = webRequestOf(request, reply);
    const response = await (request.headers['mcp-session-id'] === undefined
      ? this.handleFirst(web, caller, body)
      : this.handleInSession(request.headers['mcp-session-id'], web, caller, { body, reply }));
    await reply.header('cache-control', 'no-store').send(begunAtOnce(response));
  }

  /** Handles an independent request, or the first request of a session. */
  private async handleFirst(web: Request, caller: McpCaller, body: unknown): Promise<Response> {
    const { isLegacyRequest } = await import('@modelcontextprotocol/server');
    if (await isLegacyRequest(web, body))
      return (await this.open(web, caller)).handleRequest(web, { parsedBody: body });
    this.asking.set(web, caller);
    this.stateless ??= this.serveStateless();
    return (await this.stateless).fetch(web, { parsedBody: body });
  }

  private async handleInSession(
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

  /** The protocol library is loaded at first use. */
  private async serveStateless(): Promise<McpHttpHandler> {
    const { createMcpHandler } = await import('@modelcontextprotocol/server');
    return createMcpHandler(
      ({ requestInfo }) => {
        const caller = requestInfo === undefined ? undefined : this.asking.get(requestInfo);
        if (requestInfo === undefined || caller === undefined)
          throw new HeddleError('internal', 'A request of the protocol has no caller.');
        return this.make(requestInfo, () => caller);
      },
      // No subscriptions: tool lists depend on rights, and this server sends no notifications about changed lists.
      { legacy: 'reject', maxSubscriptions: 0 },
    );
  }

  private async open(web: Request, caller: McpCaller): Promise<WebStandardStreamableHTTPServerTransport> {
    const { WebStandardStreamableHTTPServerTransport: Transport } = await import('@modelcontextprotocol/server');
    const transport = new Transport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: (id) => {
        this.sessions.add(id, caller.principal.id, session);
      },
      onsessionclosed: (id) => this.sessions.remove(id),
    });
    const session: Session = { transport, caller };
    const server = await this.make(web, () => session.caller);
    await server.connect(transport);
    return transport;
  }

  /**
   * Ends the event stream of a session when its owner has lost their rights. Calls check this themselves, so that they can report the
   * reason.
   */
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

import {
  fitJsonSchema,
  HeddleError,
  type Clock,
  type Destination,
  type HostTool,
  type RegisteredTool,
  type Tools,
  type ToolServer,
  type ToolServerTest,
} from '@heddle/core';
import { argumentHeaders } from './argument-headers.js';
import { makeCall } from './make-call.js';
import { readResult } from './read-result.js';
import { samplerOf } from './sampling/sampler-of.js';
import type { LinkActivity } from './server-link.js';
import { ServerLinks, type ToolHostOptions } from './server-links.js';
import { descriptionOf, parametersOf } from './tool-definition.js';
import { serverOfName } from './tool-names.js';
import type { ToolRegistry, ToolView } from './tool-registry.js';

/** The tools of registered servers, with operations on servers for administrators. */
export interface ToolHost extends Tools {
  activity(id: string): LinkActivity;
  /** Opens a new connection, greets the server and lists its tools. Open connections are not affected. Errors: `mcp_not_found`. */
  test(id: string): Promise<ToolServerTest>;
  /** Lists the tools of a server again. Errors: `mcp_not_found`, `mcp_disabled`, `mcp_unreachable`. */
  refresh(id: string): Promise<void>;
  /** Closes the connection to a server that was changed or removed. The next use opens it with the new settings. */
  forget(id: string): Promise<void>;
  close(): Promise<void>;
}

const defaultMaxBytes = 1_000_000;

/**
 * Creates the tool host. It opens no connection at first; each server is reached at its first use.
 *
 * @example const tools = createTools({ registry, audit, clock, secret, allowedHosts: [] });
 */
export function createTools(options: ToolHostOptions): ToolHost {
  const { registry, clock, blobs } = options;
  const links = new ServerLinks(options);
  return {
    destinationOf: async (name) => {
      const id = serverOfName(name);
      const server = (await registry.view()).servers.find((known) => known.id === id);
      return server === undefined ? undefined : destinationOf(server);
    },
    async list(servers) {
      const found: HostTool[] = [];
      for (const id of servers) {
        await (await links.linkOf(id)).list();
        found.push(...toolsOfServer(await registry.view(), id));
      }
      return found;
    },
    known: async (servers) => {
      const view = await registry.view();
      return servers.flatMap((id) => toolsOfServer(view, id));
    },
    call: (name, args, callOptions) => callTool(registry, links, blobs, name, args, callOptions),
    activity: (id) => links.known(id)?.activity() ?? { state: 'idle', inFlight: 0 },
    test: (id) => testServer(registry, links, clock, id),
    async refresh(id) {
      const link = await links.linkOf(id);
      link.forgive();
      await link.list();
    },
    forget: (id) => links.forget(id),
    close: () => links.close(),
  };
}

async function callTool(
  registry: ToolRegistry,
  links: ServerLinks,
  blobs: ToolHostOptions['blobs'],
  ...[name, args, options]: Parameters<Tools['call']>
): ReturnType<Tools['call']> {
  const id = serverOfName(name) ?? '';
  // An unknown name opens no connection.
  const view = await registry.view();
  const link = await links.linkOf(view.tool(name).server);
  const known = view.server(id);
  const { limits, transport } = known;
  const address = transport.kind === 'http' ? transport.url : `stdio:${id}`;
  const maxBytes = Math.min(options.maxBytes ?? defaultMaxBytes, limits.resultBytes);
  return await link.use(async (session) => {
    const tool = callable((await registry.view()).tool(name));
    const problem = fitJsonSchema(parametersOf(tool.definition), args);
    if (problem !== undefined)
      throw new HeddleError('tool_arguments_invalid', `The arguments of '${name}' do not fit: ${problem}.`);
    const { sample, signal } = options;
    const result = await session.serve(samplerOf(known, sample, signal), signal, () =>
      makeCall(session, {
        ...options,
        name,
        tool: tool.tool,
        args,
        headers: session.sendsHeaders ? argumentHeaders(tool.definition, args) : undefined,
        traceparent: options.traceparent?.(address),
        timeoutMs: Math.min(options.timeoutMs ?? limits.callMs, limits.callMs),
      }),
    );
    return await readResult(name, session.withoutSecrets(result), maxBytes, blobs);
  });
}

async function testServer(
  registry: ToolRegistry,
  links: ServerLinks,
  clock: Clock,
  id: string,
): Promise<ToolServerTest> {
  const started = clock.now();
  const link = links.openForTest((await registry.view()).server(id));
  try {
    const name = await link.use((session) => Promise.resolve(session.name));
    const tools = (await registry.view()).tools(id).filter(({ standing }) => standing !== 'gone');
    return { isReachable: true, ms: clock.now() - started, name, tools: tools.map(({ tool }) => tool) };
  } catch (error) {
    const { code, message } = error instanceof HeddleError ? error : new HeddleError('internal', String(error));
    return { isReachable: false, ms: clock.now() - started, tools: [], code, message };
  } finally {
    links.known(id)?.forgive();
    await link.close();
  }
}

const destinationOf = ({ id, clearance, isLocal }: ToolServer): Destination => ({ name: id, clearance, isLocal });

/** The tools that a server offers. Errors: `mcp_not_found`. */
function toolsOfServer(view: ToolView, id: string): readonly HostTool[] {
  const server = view.server(id);
  return view.tools(id).flatMap((tool) => (tool.standing === 'gone' ? [] : [hostTool(tool, server)]));
}

function hostTool(tool: RegisteredTool, server: ToolServer): HostTool {
  return {
    name: tool.name,
    description: descriptionOf(tool.definition),
    parameters: parametersOf(tool.definition),
    server: server.id,
    hash: tool.hash,
    effects: tool.effects,
    isApproved: tool.standing === 'approved',
    destination: destinationOf(server),
    label: server.label,
  };
}

/** Checks that a tool may be called. Errors: `tool_changed`, `tool_denied`, `tool_unknown`. */
function callable(tool: RegisteredTool): RegisteredTool {
  const { name, standing, reason } = tool;
  const refuse = (code: 'tool_changed' | 'tool_denied' | 'tool_unknown', why: string): never => {
    throw new HeddleError(code, `'${name}' ${why}`, { details: { tool: name, standing } });
  };
  switch (standing) {
    case 'approved':
      return tool;
    case 'changed':
      return refuse('tool_changed', 'has changed since it was approved: check the changes and approve it again.');
    case 'new':
      return refuse('tool_changed', 'is not approved yet: approve it on the tools page.');
    case 'disabled':
      return refuse('tool_denied', 'is switched off.');
    case 'refused':
      return refuse('tool_denied', `is refused: ${reason ?? ''}.`);
    case 'gone':
      return refuse('tool_unknown', 'is no longer offered by its server.');
  }
}

import {
  fitJsonSchema,
  HeddleError,
  type Audit,
  type Blobs,
  type Clock,
  type Destination,
  type HostTool,
  type RawTool,
  type RegisteredTool,
  type Tools,
  type ToolServer,
  type ToolServerTest,
} from '@heddle/core';
import type { AllowedHost } from '../fetch/check-url.js';
import { makeCall } from './make-call.js';
import { readResult } from './read-result.js';
import type { ReadToolSecret } from './open-session.js';
import { createServerLink, type LinkActivity, type ServerLink } from './server-link.js';
import { descriptionOf, parametersOf } from './tool-definition.js';
import type { ToolSignIn } from './sign-in/tool-sign-in.js';
import { serverOfName } from './tool-names.js';
import type { ToolRegistry } from './tool-registry.js';

export interface ToolHostParts {
  readonly registry: ToolRegistry;
  readonly audit: Pick<Audit, 'write'>;
  readonly clock: Clock;
  readonly secret: ReadToolSecret;
  readonly allowedHosts: readonly AllowedHost[];
  /** Tokens of servers that are signed in to. */
  readonly signIn?: Pick<ToolSignIn, 'token' | 'renew'>;
  /** Where images and files of results are kept; without it they are named only. */
  readonly blobs?: Pick<Blobs, 'put'>;
  readonly log?: { warn(message: string, details: Readonly<Record<string, unknown>>): void };
}

/** Tools of registered servers, and the operations of administrators on the servers. */
export interface ToolHost extends Tools {
  activity(id: string): LinkActivity;
  /** A fresh connection, a greeting and the list of tools; what is open stays. Errors: `mcp_not_found`. */
  test(id: string): Promise<ToolServerTest>;
  /** Lists the tools of a server now. Errors: `mcp_not_found`, `mcp_disabled`, `mcp_unreachable`. */
  refresh(id: string): Promise<void>;
  /** Leaves a server that was changed or removed; its next use opens it as it is then. */
  forget(id: string): Promise<void>;
  close(): Promise<void>;
}

const defaultMaxBytes = 1_000_000;

/** Opens nothing by itself: each server is reached at its first use. @example const tools = createTools({ registry, audit, clock, secret, allowedHosts: [] }); */
export function createTools(parts: ToolHostParts): ToolHost {
  const { registry, clock } = parts;
  const links = new Map<string, ServerLink>();
  const place = (server: ToolServer) => ({
    server,
    secret: parts.secret,
    allowedHosts: parts.allowedHosts,
    signIn: parts.signIn,
    clock,
    onTools: (tools: readonly RawTool[]) => see(parts, server.id, tools),
    onProblem: (problem: string) => parts.log?.warn(problem, { server: server.id }),
  });
  const linkOf = (id: string): ServerLink => {
    const server = registry.server(id);
    if (!server.isEnabled)
      throw new HeddleError('mcp_disabled', `The tool server '${id}' is switched off.`, { details: { server: id } });
    const known = links.get(id);
    if (known !== undefined) return known;
    const link = createServerLink(place(server));
    links.set(id, link);
    return link;
  };
  return {
    destinationOf: (name) => {
      const id = serverOfName(name);
      const server = registry.servers().find((known) => known.id === id);
      return server === undefined ? undefined : destinationOf(server);
    },
    async list(servers) {
      const found: HostTool[] = [];
      for (const id of servers) {
        await linkOf(id).list();
        const server = registry.server(id);
        for (const tool of registry.tools(id)) if (tool.standing !== 'gone') found.push(hostTool(tool, server));
      }
      return found;
    },
    async call(name, args, options) {
      const id = serverOfName(name) ?? '';
      // A name that was never seen opens no server.
      const link = linkOf(registry.tool(name).server);
      const { limits, transport } = registry.server(id);
      const address = transport.kind === 'http' ? transport.url : `stdio:${id}`;
      const maxBytes = Math.min(options.maxBytes ?? defaultMaxBytes, limits.resultBytes);
      return await link.use(async (session) => {
        const tool = callable(registry.tool(name));
        const problem = fitJsonSchema(parametersOf(tool.definition), args);
        if (problem !== undefined)
          throw new HeddleError('tool_arguments_invalid', `The arguments of '${name}' do not fit: ${problem}.`);
        const result = await makeCall(session, {
          ...options,
          name,
          tool: tool.tool,
          args,
          traceparent: options.traceparent?.(address),
          timeoutMs: Math.min(options.timeoutMs ?? limits.callMs, limits.callMs),
        });
        return await readResult(name, session.withoutSecrets(result), maxBytes, parts.blobs);
      });
    },
    activity: (id) => links.get(id)?.activity() ?? { state: 'idle', inFlight: 0 },
    async test(id) {
      const server = registry.server(id);
      const started = clock.now();
      // The reply informs the person who tests.
      const link = createServerLink({ ...place(server), onProblem: () => undefined });
      try {
        const name = await link.use((session) => Promise.resolve(session.name));
        const tools = registry.tools(id).filter(({ standing }) => standing !== 'gone');
        return { isReachable: true, ms: clock.now() - started, name, tools: tools.map(({ tool }) => tool) };
      } catch (error) {
        const { code, message } = error instanceof HeddleError ? error : new HeddleError('internal', String(error));
        return { isReachable: false, ms: clock.now() - started, tools: [], code, message };
      } finally {
        links.get(id)?.forgive();
        await link.close();
      }
    },
    async refresh(id) {
      const link = linkOf(id);
      link.forgive();
      await link.list();
    },
    async forget(id) {
      const link = links.get(id);
      links.delete(id);
      await link?.close();
    },
    async close() {
      const open = [...links.values()];
      links.clear();
      await Promise.all(open.map((link) => link.close()));
    },
  };
}

const destinationOf = ({ id, ceiling, isLocal }: ToolServer): Destination => ({ name: id, ceiling, isLocal });

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

/** Errors: `tool_changed`, `tool_denied`, `tool_unknown`. */
function callable(tool: RegisteredTool): RegisteredTool {
  const { name, standing, reason } = tool;
  const refuse = (code: 'tool_changed' | 'tool_denied' | 'tool_unknown', why: string): never => {
    throw new HeddleError(code, `'${name}' ${why}`, { details: { tool: name, standing } });
  };
  switch (standing) {
    case 'approved':
      return tool;
    case 'changed':
      return refuse('tool_changed', 'is not the tool that was approved: look at what changed and approve it again.');
    case 'new':
      return refuse('tool_changed', 'was approved by nobody yet: approve it on the tools page.');
    case 'disabled':
      return refuse('tool_denied', 'is switched off.');
    case 'refused':
      return refuse('tool_denied', `is refused: ${reason ?? ''}.`);
    case 'gone':
      return refuse('tool_unknown', 'is not offered by its server any more.');
  }
}

/** Keeps what was listed, with a record of each difference in the same transaction. */
async function see({ registry, audit }: ToolHostParts, server: string, seen: readonly RawTool[]): Promise<void> {
  const changes = registry.changes(server, seen);
  if (changes.length === 0) return;
  await audit.write(
    changes.map(({ name, change }) => ({
      act: 'tool',
      who: 'heddle',
      subject: `tool:${server}/${name.slice(0, 200)}`,
      isAllowed: true,
      details: { step: 'seen', change },
    })),
    () => registry.see(server, seen),
  );
}

import { HeddleError, type Audit, type Blobs, type Clock, type RawTool, type ToolServer } from '@heddle/core';
import type { AllowedHost } from '../fetch/check-url.js';
import { ServerLink, type ServerLinkOptions } from './server-link.js';
import type { ToolSignIn } from './sign-in/tool-sign-in.js';
import type { ToolRegistry } from './tool-registry.js';
import type { ReadToolSecret } from './tool-secret.js';

export interface ToolHostOptions {
  readonly registry: ToolRegistry;
  readonly audit: Pick<Audit, 'commit'>;
  readonly clock: Clock;
  readonly secret: ReadToolSecret;
  readonly allowedHosts: readonly AllowedHost[];
  /** Tokens, for servers that need a sign-in. */
  readonly signIn?: Pick<ToolSignIn, 'token' | 'renew' | 'needsMore'>;
  /** Stores images and files of results; without it, results only name them. */
  readonly blobs?: Pick<Blobs, 'put'>;
  readonly log?: { warn(message: string, details: Readonly<Record<string, unknown>>): void };
}

/** The connections to registered servers: each is opened at its first use. */
export class ServerLinks {
  private readonly options: ToolHostOptions;
  private readonly links = new Map<string, ServerLink>();

  constructor(options: ToolHostOptions) {
    this.options = options;
  }

  /** The connection to a server. Errors: `mcp_not_found`, `mcp_disabled`. */
  async linkOf(id: string): Promise<ServerLink> {
    const server = (await this.options.registry.view()).server(id);
    if (!server.isEnabled)
      throw new HeddleError('mcp_disabled', `The tool server '${id}' is switched off.`, { details: { server: id } });
    const known = this.links.get(id);
    if (known !== undefined && isSame(known.server, server)) return known;
    const link = new ServerLink(this.linkOptions(server));
    this.links.set(id, link);
    // Another process changed the server.
    await known?.close();
    return link;
  }

  /** The connection to a server, if one was made. */
  known(id: string): ServerLink | undefined {
    return this.links.get(id);
  }

  /** Opens a second connection beside the one in use; its problems are not logged. */
  openForTest(server: ToolServer): ServerLink {
    return new ServerLink({ ...this.linkOptions(server), onProblem: () => undefined });
  }

  async forget(id: string): Promise<void> {
    const link = this.links.get(id);
    this.links.delete(id);
    await link?.close();
  }

  async close(): Promise<void> {
    const open = [...this.links.values()];
    this.links.clear();
    await Promise.all(open.map((link) => link.close()));
  }

  private linkOptions(server: ToolServer): ServerLinkOptions {
    const { registry, audit, clock, secret, allowedHosts, signIn, log } = this.options;
    return {
      server,
      secret,
      allowedHosts,
      signIn,
      clock,
      onTools: (tools) => recordTools(registry, audit, server.id, tools),
      onProblem: (problem) => log?.warn(problem, { server: server.id }),
    };
  }
}

/** The registry returns the same object until a server or a tool changes. */
const isSame = (one: ToolServer, other: ToolServer): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

/** Stores the tools that a server lists, and writes an audit entry for each difference in the same transaction. */
async function recordTools(
  registry: ToolRegistry,
  audit: Pick<Audit, 'commit'>,
  server: string,
  seen: readonly RawTool[],
): Promise<void> {
  if ((await registry.view()).changes(server, seen).length === 0) return;
  await registry.change(
    (view, write) => (view.changes(server, seen).length === 0 ? [] : write.see(server, seen)),
    (writes, view) =>
      audit.commit(
        view.changes(server, seen).map(({ name, change }) => ({
          kind: 'tool',
          who: 'heddle',
          subject: `tool:${server}/${name.slice(0, 200)}`,
          details: { step: 'seen', change },
        })),
        writes,
      ),
  );
}

import {
  HeddleError,
  ToolServer,
  toolServerNotFound,
  type RawTool,
  type RegisteredTool,
  type ToolEffect,
} from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { hashOfDefinition } from './tool-definition.js';
import { standingOf, type ToolRow } from './tool-standing.js';

/** What a listing changed. */
export interface SeenChange {
  readonly name: string;
  readonly change: 'new' | 'changed' | 'restored' | 'gone';
}

function prepareStatements(connection: HeddleDatabase['connection']) {
  return {
    allServers: connection.prepare<[], string>('SELECT body FROM tool_servers ORDER BY id').pluck(),
    write: connection.prepare<[string, string, number]>(
      'INSERT INTO tool_servers VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at',
    ),
    remove: connection.prepare<[string]>('DELETE FROM tool_servers WHERE id = ?'),
    allTools: connection.prepare<[], ToolRow>('SELECT * FROM tools ORDER BY server, tool'),
    seeOne: connection.prepare<[string, string, string, string, number]>(
      `INSERT INTO tools (server, tool, hash, definition, is_offered, seen_at) VALUES (?, ?, ?, ?, 1, ?)
     ON CONFLICT (server, tool) DO UPDATE SET hash = excluded.hash, definition = excluded.definition, is_offered = 1, seen_at = excluded.seen_at`,
    ),
    leave: connection.prepare<[string]>('UPDATE tools SET is_offered = 0 WHERE server = ?'),
    // A tool that was never approved and no longer exists is forgotten.
    sweep: connection.prepare<[string]>(
      'DELETE FROM tools WHERE server = ? AND is_offered = 0 AND approved_hash IS NULL',
    ),
    pin: connection.prepare<[string, number, string, string, string]>(
      `UPDATE tools SET approved_hash = hash, approved_definition = definition, approved_by = ?, approved_at = ?, effects = ?, is_disabled = 0
     WHERE server = ? AND tool = ?`,
    ),
    unpin: connection.prepare<[string]>(
      `UPDATE tools SET approved_hash = NULL, approved_definition = NULL, approved_by = NULL, approved_at = NULL, effects = NULL
     WHERE server = ?`,
    ),
    switchOff: connection.prepare<[string, string]>('UPDATE tools SET is_disabled = 1 WHERE server = ? AND tool = ?'),
    decide: connection.prepare<[string, string, string]>('UPDATE tools SET effects = ? WHERE server = ? AND tool = ?'),
  };
}

/**
 * Registered tool servers and the definitions of their tools in heddle.db. All of it is plain SQL, for a transaction
 * that is open already and also has the audit entry.
 *
 * - A tool is offered only while the definition that was seen last has the hash that a person approved.
 * - Seeing a definition never approves it.
 *
 * @example const registry = new ToolRegistry(database, clock);
 */
export class ToolRegistry {
  private readonly database: HeddleDatabase;
  private readonly clock: { readonly now: () => number };
  private readonly statements: ReturnType<typeof prepareStatements>;
  // Read at every call of a tool: what was read stays until something is written.
  private known: { readonly servers: readonly ToolServer[]; readonly tools: readonly RegisteredTool[] } | undefined;

  constructor(database: HeddleDatabase, clock: { readonly now: () => number }) {
    this.database = database;
    this.clock = clock;
    this.statements = prepareStatements(database.connection);
  }

  servers(): readonly ToolServer[] {
    return this.read().servers;
  }

  /** Errors: `mcp_not_found`. */
  server(id: string): ToolServer {
    const found = this.read().servers.find((server) => server.id === id);
    if (found === undefined) throw toolServerNotFound(id);
    return found;
  }

  save(server: ToolServer): void {
    this.change(() => void this.statements.write.run(server.id, JSON.stringify(server), this.clock.now()));
  }

  /** With everything that was seen and approved of it. Errors: `mcp_not_found`. */
  remove(id: string): void {
    this.change(() => {
      if (this.statements.remove.run(id).changes === 0) throw toolServerNotFound(id);
    });
  }

  /** Of one server, or of all. */
  tools(server?: string): readonly RegisteredTool[] {
    return this.read().tools.filter((tool) => server === undefined || tool.server === server);
  }

  /** What seeing these definitions would change. */
  changes(server: string, seen: readonly RawTool[]): readonly SeenChange[] {
    return changesOf(
      this.read().tools.filter((tool) => tool.server === server),
      seen,
    );
  }

  see(server: string, seen: readonly RawTool[]): void {
    this.change(() => {
      this.statements.leave.run(server);
      for (const raw of seen)
        this.statements.seeOne.run(server, toolOf(raw), hashOfDefinition(raw), JSON.stringify(raw), this.clock.now());
      this.statements.sweep.run(server);
    });
  }

  /** Pins the definition of this hash. Errors: `tool_unknown`, `tool_changed`, `tool_denied`. */
  approve(
    name: string,
    { hash, by, effects }: { readonly hash: string; readonly by: string; readonly effects: readonly ToolEffect[] },
  ): void {
    const { server, tool, standing, hash: present, reason } = this.tool(name);
    if (standing === 'refused') throw new HeddleError('tool_denied', `'${name}' cannot be approved: ${reason ?? ''}.`);
    if (standing === 'gone') throw new HeddleError('tool_unknown', `The server does not offer '${name}' any more.`);
    if (hash !== present)
      throw new HeddleError('tool_changed', `'${name}' is another one than you saw: look at it again.`, {
        details: { tool: name, hash: present },
      });
    this.change(() => void this.statements.pin.run(by, this.clock.now(), JSON.stringify(effects), server, tool));
  }

  /** Every tool of a server must be approved again. */
  forgetApprovals(server: string): void {
    this.change(() => void this.statements.unpin.run(server));
  }

  /** Errors: `tool_unknown`. */
  disable(name: string): void {
    const { server, tool } = this.tool(name);
    this.change(() => void this.statements.switchOff.run(server, tool));
  }

  /** Errors: `tool_unknown`, `conflict` if it was not approved. */
  setEffects(name: string, effects: readonly ToolEffect[]): void {
    const { server, tool, approved } = this.tool(name);
    if (approved === undefined)
      throw new HeddleError('conflict', `Nobody has approved '${name}': say at the approval what it does.`);
    this.change(() => void this.statements.decide.run(JSON.stringify(effects), server, tool));
  }

  private read(): { readonly servers: readonly ToolServer[]; readonly tools: readonly RegisteredTool[] } {
    return (this.known ??= withStorageErrors(this.database.file, () => {
      const servers = this.statements.allServers.all().map((body) => ToolServer.parse(JSON.parse(body)));
      return {
        servers,
        tools: standingOf(
          this.statements.allTools.all(),
          servers.map(({ id }) => id),
        ),
      };
    }));
  }

  private change(work: () => void): void {
    this.known = undefined;
    try {
      withStorageErrors(this.database.file, work);
    } finally {
      this.known = undefined;
    }
  }

  /** By `server__tool`. Errors: `tool_unknown`. */
  tool(name: string): RegisteredTool {
    const found = this.read().tools.find((tool) => tool.name === name);
    if (found === undefined)
      throw new HeddleError('tool_unknown', `There is no tool '${name.slice(0, 140)}'.`, { details: { tool: name } });
    return found;
  }
}

const toolOf = (raw: RawTool): string => (typeof raw['name'] === 'string' ? raw['name'] : '');

function changesOf(known: readonly RegisteredTool[], seen: readonly RawTool[]): readonly SeenChange[] {
  const byTool = new Map(known.map((tool) => [tool.tool, tool]));
  const present = new Map(seen.map((raw) => [toolOf(raw), raw]));
  const arrived = [...present].flatMap(([tool, raw]): SeenChange[] => {
    const before = byTool.get(tool);
    if (before === undefined) return [{ name: tool, change: 'new' }];
    if (before.hash !== hashOfDefinition(raw)) return [{ name: tool, change: 'changed' }];
    return before.standing === 'gone' ? [{ name: tool, change: 'restored' }] : [];
  });
  const left = known.filter(({ tool, standing }) => standing !== 'gone' && !present.has(tool));
  return [...arrived, ...left.map(({ tool }): SeenChange => ({ name: tool, change: 'gone' }))];
}

import {
  HeddleError,
  ToolServer,
  toolServerNotFound,
  type GuardedWrite,
  type RawTool,
  type RegisteredTool,
  type Tables,
  type ToolEffect,
} from '@heddle/core';
import { Revisions } from '../sql/revisions.js';
import { hashOfDefinition } from './tool-definition.js';
import { standingOf, type ToolRow } from './tool-standing.js';

/** A difference between the listed and the stored definition of a tool. */
export interface SeenChange {
  readonly name: string;
  readonly change: 'new' | 'changed' | 'restored' | 'gone';
}

/** A snapshot of the servers and tools. */
export class ToolView {
  readonly servers: readonly ToolServer[];
  private readonly all: readonly RegisteredTool[];

  constructor(servers: readonly ToolServer[], tools: readonly RegisteredTool[]) {
    this.servers = servers;
    this.all = tools;
  }

  /** Errors: `mcp_not_found`. */
  server(id: string): ToolServer {
    const found = this.servers.find((server) => server.id === id);
    if (found === undefined) throw toolServerNotFound(id);
    return found;
  }

  /** The tools of one server, or of all. */
  tools(server?: string): readonly RegisteredTool[] {
    return server === undefined ? this.all : this.all.filter((tool) => tool.server === server);
  }

  /** Finds a tool by `server__tool`. Errors: `tool_unknown`. */
  tool(name: string): RegisteredTool {
    const found = this.all.find((tool) => tool.name === name);
    if (found === undefined)
      throw new HeddleError('tool_unknown', `There is no tool '${name.slice(0, 140)}'.`, { details: { tool: name } });
    return found;
  }

  /** The changes that recording these definitions would make. */
  changes(server: string, seen: readonly RawTool[]): readonly SeenChange[] {
    return changesOf(this.tools(server), seen);
  }
}

/**
 * Commits the writes of a change together with what belongs to it, such as audit entries. `view` is the snapshot that the change was made
 * on.
 */
type Commit = (writes: readonly GuardedWrite[], view: ToolView) => Promise<void>;

/**
 * Registered tool servers and the definitions of their tools. Each change is made on the current contents of the registry, whichever
 * process wrote them last.
 *
 * - A tool is offered only while its last seen definition has the hash that a person approved.
 * - Seeing a definition never approves it.
 *
 * @example const registry = new ToolRegistry(sqliteTables(database), clock);
 */
export class ToolRegistry {
  private readonly clock: { readonly now: () => number };
  private readonly rows: Revisions<ToolView>;

  constructor(tables: Tables, clock: { readonly now: () => number }) {
    this.clock = clock;
    // Cached, because every tool call reads it.
    this.rows = new Revisions(tables, 'tools', () => readView(tables));
  }

  /** The current snapshot. */
  view(): Promise<ToolView> {
    return this.rows.now();
  }

  /** Makes a change; `make` throws if the change is not allowed. */
  change(make: (view: ToolView, write: ToolWrites) => readonly GuardedWrite[], commit: Commit): Promise<void> {
    const write = toolWrites(this.clock.now());
    return this.rows.change((view) => make(view, write), commit);
  }
}

async function readView(tables: Tables): Promise<ToolView> {
  const rows = await tables.all<{ body: string }>('SELECT body FROM tool_servers ORDER BY id');
  const servers = rows.map(({ body }) => ToolServer.parse(JSON.parse(body)));
  const tools = await tables.all<ToolRow>('SELECT * FROM tools ORDER BY server, tool');
  const ids = servers.map(({ id }) => id);
  return new ToolView(servers, standingOf(tools, ids));
}

/** Changes of the registry as writes for a transaction. */
export interface ToolWrites {
  save(server: ToolServer): readonly GuardedWrite[];
  /** Also removes everything that was seen and approved for it. */
  remove(server: ToolServer): readonly GuardedWrite[];
  see(server: string, seen: readonly RawTool[]): readonly GuardedWrite[];
  /** Approves the definition that has this hash. Errors: `tool_changed`, `tool_unknown`, `tool_denied`. */
  approve(tool: RegisteredTool, decision: ToolDecision): readonly GuardedWrite[];
  /** Every tool of a server must be approved again. */
  forgetApprovals(server: string): readonly GuardedWrite[];
  disable(tool: RegisteredTool): readonly GuardedWrite[];
  /** Errors: `conflict` if the tool was not approved. */
  setEffects(tool: RegisteredTool, effects: readonly ToolEffect[]): readonly GuardedWrite[];
}

interface ToolDecision {
  readonly hash: string;
  readonly by: string;
  readonly effects: readonly ToolEffect[];
}

const ofTool = 'WHERE server = @server AND tool = @tool';

function toolWrites(now: number): ToolWrites {
  return {
    save: (server) => [
      {
        sql: `INSERT INTO tool_servers (id, body, updated_at) VALUES (@id, @body, @now)
          ON CONFLICT (id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at`,
        values: { id: server.id, body: JSON.stringify(server), now },
      },
    ],
    remove: ({ id }) => [{ sql: 'DELETE FROM tool_servers WHERE id = @id', values: { id }, rows: 1 }],
    see: (server, seen) => [
      { sql: 'UPDATE tools SET is_offered = 0 WHERE server = @server', values: { server } },
      ...seen.map((raw) => seenWrite(server, raw, now)),
      // A tool that was never approved and no longer exists is forgotten.
      {
        sql: 'DELETE FROM tools WHERE server = @server AND is_offered = 0 AND approved_hash IS NULL',
        values: { server },
      },
    ],
    approve(registered, { hash, by, effects }) {
      checkApproval(registered, hash);
      const { server, tool } = registered;
      return [
        {
          sql: `UPDATE tools SET approved_hash = hash, approved_definition = definition, approved_by = @by, approved_at = @now,
            effects = @effects, is_disabled = 0 ${ofTool}`,
          values: { server, tool, by, now, effects: JSON.stringify(effects) },
          rows: 1,
        },
      ];
    },
    forgetApprovals: (server) => [
      {
        sql: `UPDATE tools SET approved_hash = NULL, approved_definition = NULL, approved_by = NULL, approved_at = NULL, effects = NULL
          WHERE server = @server`,
        values: { server },
      },
    ],
    disable: ({ server, tool }) => [
      { sql: `UPDATE tools SET is_disabled = 1 ${ofTool}`, values: { server, tool }, rows: 1 },
    ],
    setEffects({ server, tool, name, approved }, effects) {
      if (approved === undefined)
        throw new HeddleError('conflict', `Nobody has approved '${name}': say what it does when you approve it.`);
      const values = { server, tool, effects: JSON.stringify(effects) };
      return [{ sql: `UPDATE tools SET effects = @effects ${ofTool}`, values, rows: 1 }];
    },
  };
}

const seenWrite = (server: string, raw: RawTool, now: number): GuardedWrite => ({
  // Writes nothing if the server was removed in the meantime.
  sql: `INSERT INTO tools (server, tool, hash, definition, is_offered, seen_at)
    SELECT id, @tool, @hash, @definition, 1, @now FROM tool_servers WHERE id = @server
    ON CONFLICT (server, tool) DO UPDATE SET hash = excluded.hash, definition = excluded.definition, is_offered = 1, seen_at = excluded.seen_at`,
  values: { server, tool: toolOf(raw), hash: hashOfDefinition(raw), definition: JSON.stringify(raw), now },
});

function checkApproval({ name, standing, hash: present, reason }: RegisteredTool, hash: string): void {
  if (standing === 'refused') throw new HeddleError('tool_denied', `'${name}' cannot be approved: ${reason ?? ''}.`);
  if (standing === 'gone') throw new HeddleError('tool_unknown', `The server does not offer '${name}' any more.`);
  if (hash !== present)
    throw new HeddleError('tool_changed', `'${name}' has changed since you saw it: look at it again.`, {
      details: { tool: name, hash: present },
    });
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

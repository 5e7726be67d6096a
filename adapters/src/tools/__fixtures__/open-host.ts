import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ToolServer, type Audit, type AuditEvent, type EventsOf, type Clock } from '@heddle/core';
import type { z } from 'zod';
import { openDatabase } from '../../database/open-database.js';
import { createTools } from '../create-tools.js';
import { ToolRegistry } from '../tool-registry.js';

/** A host of tools over a database of its own, with what it wrote into the audit record. */
export function openHost(options: { readonly secrets?: Readonly<Record<string, string>>; readonly clock?: Clock } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-tools-'));
  const database = openDatabase(join(folder, 'heddle.db'));
  const clock: Clock = options.clock ?? { now: Date.now, at: after };
  const registry = new ToolRegistry(database, clock);
  const audited: AuditEvent[] = [];
  const problems: string[] = [];
  const files: { readonly name: string; readonly content: Uint8Array }[] = [];
  const write = (events: EventsOf<unknown>, work?: () => unknown): Promise<unknown> => {
    const result = database.connection.transaction(() => work?.())();
    audited.push(...[typeof events === 'function' ? events(result) : events].flat());
    return Promise.resolve(result);
  };
  const host = createTools({
    registry,
    clock,
    audit: { write } as Pick<Audit, 'write'>,
    secret: (name) => {
      const value = options.secrets?.[name];
      return value === undefined ? Promise.reject(new Error(`no secret ${name}`)) : Promise.resolve(value);
    },
    allowedHosts: [],
    blobs: {
      put: (content, { name, mediaType }) => {
        files.push({ name, content });
        return Promise.resolve({ id: `blob-${files.length}`, name, mediaType, size: content.length });
      },
    },
    log: { warn: (message) => void problems.push(message) },
  });
  return {
    registry,
    host,
    audited,
    problems,
    files,
    register: (server: z.input<typeof ToolServer>) => registry.save(ToolServer.parse(server)),
    /** Lists a server and approves everything that it offers. */
    approveAll: async (id: string) => {
      await host.refresh(id);
      for (const { name, hash, proposed, standing } of registry.tools(id))
        if (standing === 'new' || standing === 'changed') registry.approve(name, { hash, by: 'ada', effects: proposed });
    },
    call: (name: string, args: Record<string, string> = {}, more: object = {}) =>
      host.call(name, args, { signal: new AbortController().signal, idempotencyKey: 'key-1', ...more }),
    close: async () => {
      await host.close();
      database.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function after(time: number, callback: () => void): () => void {
  const timer = setTimeout(callback, Math.max(0, time - Date.now())).unref();
  return () => clearTimeout(timer);
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Audit, AuditEvent, Clock } from '@heddle/core';
import { openDatabase } from '../../database/open-database.js';
import { sqliteTables } from '../../database/sqlite-tables.js';
import { createTools } from '../create-tools.js';
import { registrySteps } from './registry-steps.js';

/** A host of tools over a database of its own, with what it wrote into the audit record. */
export function openHost(options: { readonly secrets?: Readonly<Record<string, string>>; readonly clock?: Clock } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-tools-'));
  const database = openDatabase(join(folder, 'heddle.db'));
  const clock: Clock = options.clock ?? { now: Date.now, at: after };
  const tables = sqliteTables(database);
  const steps = registrySteps(tables, clock);
  const audited: AuditEvent[] = [];
  const problems: string[] = [];
  const files: { readonly name: string; readonly content: Uint8Array }[] = [];
  const commit: Audit['commit'] = async (events, writes) => {
    await tables.commit(writes);
    audited.push(...[events].flat());
  };
  const host = createTools({
    registry: steps.registry,
    clock,
    audit: { commit },
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
    ...steps,
    host,
    audited,
    problems,
    files,
    /** Lists a server and approves everything that it offers. */
    approveAll: async (id: string) => {
      await host.refresh(id);
      for (const { name, hash, proposed, standing } of await steps.tools(id))
        if (standing === 'new' || standing === 'changed') await steps.approve(name, hash, proposed);
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

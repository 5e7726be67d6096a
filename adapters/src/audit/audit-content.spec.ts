import { randomBytes } from 'node:crypto';
import type { Tables } from '@heddle/core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { createAuditContent, type AuditContent, type ErasedContent } from './audit-content.js';

const key = randomBytes(32);

describe.each(bothDatabases)('contents of audit records in %s', (_name, open) => {
  let database: TestedDatabase;
  let tables: Tables;
  let content: AuditContent;
  /** The contents as another process reads them. */
  let others: AuditContent;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    const { one, other } = await database.reset();
    tables = one;
    [content, others] = [createAuditContent(one, () => key), createAuditContent(other, () => key)];
  });

  const kept = { runId: 'r', hash: 'sha256:1', level: 'internal', text: 'Dear Ada', time: 5 };
  const erase = async (what: ErasedContent, limit?: number): Promise<number> => {
    const { texts, writes } = await content.erasure(what, limit);
    await tables.commit(writes);
    return texts;
  };

  it('are sealed at rest, bound to their hash, and readable by every process with the key', async () => {
    await content.keep([kept, { ...kept, runId: 's', hash: 'sha256:2', text: 'a\0b' }]);
    await others.keep([{ ...kept, text: 'the same hash again is not stored twice' }]);
    expect([await others.read('sha256:1'), await others.read('sha256:2')]).toEqual(['Dear Ada', 'a\0b']);
    const rows = JSON.stringify(await tables.all('SELECT * FROM audit_content'));
    for (const text of ['Ada', Buffer.from('Dear Ada').toString('base64').slice(0, 10)])
      expect(rows).not.toContain(text);
    await tables.note([{ sql: "UPDATE audit_content SET hash = 'sha256:3' WHERE run = 's'", values: {} }]);
    await expect(content.read('sha256:3')).rejects.toMatchObject({ code: 'secret_unreadable' });
    await expect(createAuditContent(tables, () => undefined).read('sha256:1')).rejects.toMatchObject({
      code: 'secret_unreadable',
    });
  });

  it('are erased by run, level and time', async () => {
    await content.keep([kept, { ...kept, runId: 's', hash: 'sha256:2', level: 'restricted' }]);
    expect([await erase({ runIds: ['r', 'none'] }), await content.read('sha256:1')]).toEqual([1, undefined]);
    expect(await erase({ level: 'restricted', before: 5 })).toBe(0);
    expect(await erase({ runIds: ['r'], level: 'restricted', before: 6 })).toBe(0);
    expect(await erase({ level: 'restricted', before: 6 })).toBe(1);
    expect(await erase({})).toBe(0);
  });

  it('are erased in batches, and counted once when two processes erase them', async () => {
    await content.keep(Array.from({ length: 5 }, (_, index) => ({ ...kept, hash: `sha256:${index}` })));
    expect([await erase({}, 2), await erase({}, 2)]).toEqual([2, 2]);
    const one = await content.erasure({});
    const other = await others.erasure({});
    await tables.commit(one.writes);
    await expect(tables.commit(other.writes)).rejects.toMatchObject({ code: 'conflict' });
  });
});

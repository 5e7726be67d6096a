import type { Tables } from '@heddle/core';
import type { TablesSubject } from '@heddle/core/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { addChannel, addWorkflow } from './__fixtures__/channel-rows.js';
import { dayMs } from './day.js';
import { createUploadLedger, type UploadLedger } from './upload-ledger.js';

describe.each(bothDatabases)('the bytes that anonymous users upload, in %s', (_name, open) => {
  const noon = 20_000 * dayMs + dayMs / 2;
  let database: TestedDatabase;
  let subject: TablesSubject;
  let uploads: UploadLedger;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());
  beforeEach(async () => {
    subject = await database.reset();
    uploads = createUploadLedger(subject.one);
    await addWorkflow(subject.one, 'w');
    for (const id of ['l_1', 'l_2']) await addChannel(subject.one, { id });
  });
  const by = (anonymousUser: string, share = 'l_1') => ({
    share,
    anonymousUser,
    limits: { ofShare: 1_000, ofUser: 600 },
  });
  const codeOf = async (work: Promise<unknown>): Promise<unknown> => {
    try {
      await work;
      return undefined;
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error;
    }
  };
  const rowsOf = async (tables: Tables, day: number): Promise<number> =>
    (await tables.all('SELECT share FROM share_uploads WHERE day = @day', { day })).length;

  it('are reserved before they arrive, so that two uploads at once do not use the same budget', async () => {
    const first = await uploads.hold(by('ada'), 500, noon);
    expect(await codeOf(uploads.hold(by('ada'), 500, noon))).toBe('upload_budget_spent');
    await uploads.settle(first, 100);
    expect(await uploads.ofShare('l_1', noon)).toBe(100);
    const other = createUploadLedger(subject.other);
    const results = await Promise.all([
      codeOf(uploads.hold(by('ada'), 500, noon)),
      codeOf(other.hold(by('ada'), 500, noon)),
    ]);
    expect(results.sort()).toEqual(['upload_budget_spent', undefined]);
    expect(await uploads.ofShare('l_1', noon)).toBe(600);
  });

  it('count for each anonymous user and for all of a link together, and for no other link', async () => {
    await uploads.hold(by('ada'), 600, noon);
    expect(await codeOf(uploads.hold(by('ada'), 1, noon))).toBe('upload_budget_spent');
    await uploads.hold(by('bob'), 400, noon);
    expect(await codeOf(uploads.hold(by('eve'), 1, noon))).toBe('upload_budget_spent');
    expect(await codeOf(uploads.hold(by('eve', 'l_2'), 1, noon))).toBeUndefined();
  });

  it('are refused as too large when no day would have room, and otherwise as spent, with the time until the next day', async () => {
    expect(await codeOf(uploads.hold(by('ada'), 601, noon))).toBe('payload_too_large');
    await uploads.hold(by('ada'), 600, noon);
    await expect(uploads.hold(by('ada'), 10, noon)).rejects.toMatchObject({
      status: 429,
      details: { limit: 600, retryAfterSeconds: 43_200 },
    });
    expect(await uploads.ofShare('l_1', noon)).toBe(600);
  });

  it('are known to another process, free again on the next day, and then deleted', async () => {
    await uploads.hold(by('ada'), 600, noon);
    const other = createUploadLedger(subject.other);
    expect(await codeOf(other.hold(by('ada'), 1, noon))).toBe('upload_budget_spent');
    const held = await other.hold(by('ada'), 600, noon + dayMs);
    await other.settle(held, 600);
    await other.hold(by('ada'), 1, noon + 2 * dayMs);
    expect(await rowsOf(subject.one, noon - dayMs / 2)).toBe(0);
  });

  it('settle on the day on which they began, and are deleted with their link', async () => {
    const held = await uploads.hold(by('ada'), 500, noon);
    await uploads.hold(by('ada'), 10, noon + dayMs);
    await uploads.settle(held, 300);
    expect([await uploads.ofShare('l_1', noon), await uploads.ofShare('l_1', noon + dayMs)]).toEqual([300, 10]);
    await subject.one.commit([{ sql: "DELETE FROM channels WHERE id = 'l_1'", values: {} }]);
    await uploads.settle(held, 500);
    expect(await subject.one.all('SELECT share FROM share_uploads')).toEqual([]);
    expect(await codeOf(uploads.hold(by('ada'), 1, noon))).toBe('conflict');
  });
});

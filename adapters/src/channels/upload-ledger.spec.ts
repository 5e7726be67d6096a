import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { dayMs } from './day.js';
import { createUploadLedger, type UploadLedger } from './upload-ledger.js';

describe('the bytes that anonymous users upload', () => {
  const noon = 20_000 * dayMs + dayMs / 2;
  let folder: string;
  let database: HeddleDatabase;
  let uploads: UploadLedger;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-uploads-'));
    database = openDatabase(join(folder, 'heddle.db'));
    uploads = createUploadLedger(database);
    for (const id of ['l_1', 'l_2'])
      database.connection
        .prepare(
          "INSERT INTO channels (id, kind, workflow_id, owner, body, created_at) VALUES (?, 'share', 'w', 'local', '{}', 0)",
        )
        .run(id);
  });
  afterEach(() => {
    database.close();
    rmSync(folder, { recursive: true });
  });
  const by = (anonymousUser: string, share = 'l_1') => ({
    share,
    anonymousUser,
    limits: { ofShare: 1_000, ofUser: 600 },
  });
  const codeOf = (work: () => unknown): unknown => {
    try {
      work();
      return undefined;
    } catch (error) {
      return error instanceof Error && 'code' in error ? error.code : error;
    }
  };

  it('are held before they come, so that two uploads at once do not take the same room', () => {
    const first = uploads.hold(by('ada'), 500, noon);
    expect(codeOf(() => uploads.hold(by('ada'), 500, noon))).toBe('upload_budget_spent');
    uploads.settle(first, 100);
    expect(uploads.ofShare('l_1', noon)).toBe(100);
    expect(codeOf(() => uploads.hold(by('ada'), 500, noon))).toBeUndefined();
    expect(uploads.ofShare('l_1', noon)).toBe(600);
  });

  it('count for each anonymous user and for all of a link together, and for no other link', () => {
    uploads.hold(by('ada'), 600, noon);
    expect(codeOf(() => uploads.hold(by('ada'), 1, noon))).toBe('upload_budget_spent');
    uploads.hold(by('bob'), 400, noon);
    expect(codeOf(() => uploads.hold(by('eve'), 1, noon))).toBe('upload_budget_spent');
    expect(codeOf(() => uploads.hold(by('eve', 'l_2'), 1, noon))).toBeUndefined();
  });

  it('are refused as too large where no day would have room, and as spent with the time until the next one', () => {
    expect(codeOf(() => uploads.hold(by('ada'), 601, noon))).toBe('payload_too_large');
    uploads.hold(by('ada'), 600, noon);
    expect(() => uploads.hold(by('ada'), 10, noon)).toThrow(
      expect.objectContaining({ status: 429, details: { limit: 600, retryAfterSeconds: 43_200 } }),
    );
    expect(uploads.ofShare('l_1', noon)).toBe(600);
  });

  it('are known to the next process, free again on the next day, and then forgotten', () => {
    uploads.hold(by('ada'), 600, noon);
    const other = openDatabase(join(folder, 'heddle.db'));
    const later = createUploadLedger(other);
    expect(codeOf(() => later.hold(by('ada'), 1, noon))).toBe('upload_budget_spent');
    const held = later.hold(by('ada'), 600, noon + dayMs);
    later.settle(held, 600);
    later.hold(by('ada'), 1, noon + 2 * dayMs);
    expect(
      other.connection
        .prepare('SELECT count(*) FROM share_uploads WHERE day = ?')
        .pluck()
        .get(noon - dayMs / 2),
    ).toBe(0);
    other.close();
  });

  it('settle on the day on which they began, and go with their link', () => {
    const held = uploads.hold(by('ada'), 500, noon);
    uploads.hold(by('ada'), 10, noon + dayMs);
    uploads.settle(held, 300);
    expect([uploads.ofShare('l_1', noon), uploads.ofShare('l_1', noon + dayMs)]).toEqual([300, 10]);
    database.connection.prepare("DELETE FROM channels WHERE id = 'l_1'").run();
    expect(database.connection.prepare('SELECT count(*) FROM share_uploads').pluck().get()).toBe(0);
    uploads.settle(held, 500);
    expect(database.connection.prepare('SELECT count(*) FROM share_uploads').pluck().get()).toBe(0);
  });
});

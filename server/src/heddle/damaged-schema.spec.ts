import { expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../settings/read-settings.js';
import { openHeddle } from './open-heddle.js';

it('a schema with a changed name is refused as damage', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-schema-'));
  const settings = readSettings({ HEDDLE_DATA: folder, HEDDLE_LOG: 'silent' });
  try {
    await (await openHeddle(settings, { kind: 'command' })).close();
    const connection = new Database(join(folder, 'heddle.db'));
    connection.unsafeMode();
    connection.exec(
      "PRAGMA writable_schema = ON; UPDATE sqlite_schema SET sql = replace(sql, 'input_tokens', 'input_uokens') WHERE name = 'runs'",
    );
    connection.close();
    await expect(openHeddle(settings, { kind: 'command' })).rejects.toMatchObject({
      code: 'storage_corrupt',
      message: expect.stringContaining('input_tokens'),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

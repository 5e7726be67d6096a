import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase, sqliteTables } from '@heddle/adapters/database';
import { createFactStore } from '@heddle/adapters/memory';
import { labelOf } from '@heddle/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../../common/real-clock.js';
import { captureOutput } from '../../testing/capture-output.js';
import { runCommandLine } from '../run-command-line.js';

describe('heddle facts', () => {
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-facts-'));
    const database = openDatabase(join(folder, 'heddle.db'));
    const facts = createFactStore(sqliteTables(database), realClock);
    for (const subject of ['local', 'end-user:ann'])
      await facts
        .of({ project: 'default', workflow: 'w', subject }, { run: 'r' })
        .remember([{ key: 'tea', text: `of ${subject}`, label: labelOf('confidential') }], { idempotencyKey: subject });
    database.close();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const heddle = (...args: readonly string[]) =>
    captureOutput(() => runCommandLine(['--data', folder, 'facts', ...args]));

  it('lists, edits, exports and erases facts by subject', async () => {
    const listed = JSON.parse((await heddle('list', '--subject', 'end-user:ann', '--json')).stdout) as { id: string }[];
    expect(listed).toMatchObject([{ key: 'tea', text: 'of end-user:ann', label: { level: 'confidential' } }]);
    const id = listed[0]?.id ?? '';
    expect((await heddle()).stdout).toMatch(/id .*about .*key .*text/);
    expect((await heddle('edit', id, '--text', 'green', '--expires', '2090-01-01')).stdout).toContain('tea: green');
    expect((await heddle('list', '--search', 'GREEN')).stdout).toContain('2090-01-01');
    expect((await heddle('edit', id, '--expires', 'never', '--json')).stdout).not.toContain('expiresAt');
    expect([(await heddle('edit', id)).result, (await heddle('edit', id, '--expires', 'soon')).result]).toEqual([2, 2]);
    const exported = await heddle('export', '--search', 'of local');
    expect(JSON.parse(exported.stdout)).toMatchObject({ owner: { subject: 'local' }, key: 'tea' });
    expect((await heddle('erase')).result).toBe(2);
    expect(JSON.parse((await heddle('erase', '--subject', 'local', '--json')).stdout)).toEqual({ facts: 1 });
    expect((await heddle('erase', id)).stdout).toContain('1 facts are erased');
    expect((await heddle()).stdout).toContain('There is no such fact.');
  });
});

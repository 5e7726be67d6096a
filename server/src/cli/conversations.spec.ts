import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createConversations } from '@heddle/adapters/memory';
import { openDatabase, sqliteTables } from '@heddle/adapters/database';
import { labelOf } from '@heddle/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { realClock } from '../common/real-clock.js';
import { captureOutput } from '../testing/capture-output.js';
import { runCommandLine } from './run-command-line.js';

describe('heddle conversations', () => {
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-talks-'));
    const database = openDatabase(join(folder, 'heddle.db'));
    const conversations = createConversations(sqliteTables(database), realClock);
    const said = (content: string) => [{ message: { role: 'user' as const, content }, label: labelOf('confidential') }];
    for (const subject of ['local', 'end-user:ann'])
      await conversations
        .memory((await conversations.begin({ project: 'default', workflow: 'w', subject }, { title: 'tea' })).id, 'r')
        .append(said(`Hello from ${subject}`), { idempotencyKey: subject });
    database.close();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const heddle = async (...args: readonly string[]) => {
    return captureOutput(() => runCommandLine(['--data', folder, 'conversations', ...args]));
  };

  it('lists, shows, exports and erases conversations by subject', async () => {
    const listed = JSON.parse((await heddle('list', '--subject', 'end-user:ann', '--json')).stdout) as { id: string }[];
    expect(listed).toMatchObject([{ title: 'tea', turns: 1, level: 'confidential' }]);
    expect((await heddle()).stdout).toMatch(/id .*with .*title\n.*tea\n.*tea/);
    const shown = await heddle('show', listed[0]?.id ?? '');
    expect(shown.stdout).toContain('user (confidential): Hello from end-user:ann');
    const exported = await heddle('export', '--search', 'hello from local');
    expect(exported.stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(exported.stdout)).toMatchObject({ owner: { subject: 'local' }, title: 'tea' });
    expect((await heddle('erase')).result).toBe(2);
    const erased = await heddle('erase', '--subject', 'end-user:ann', '--json');
    expect(JSON.parse(erased.stdout)).toEqual({ conversations: 1, turns: 1 });
    expect((await heddle('show', listed[0]?.id ?? '')).result).toBe(1);
    expect((await heddle('list', '--unassigned')).stdout).toContain('no such conversation');
    expect((await heddle('assign', 'none', '--project', 'p', '--workflow', 'w', '--subject', 'x')).result).toBe(2);
  });
});

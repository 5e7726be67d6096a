import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../settings/read-settings.js';
import { startServer } from '../start-server.js';
import { captureOutput } from '../testing/capture-output.js';
import { echoDocument } from '../testing/echo-document.js';
import { runCommandLine } from './run-command-line.js';

describe('heddle users and keys', () => {
  it('work on the folder, and through a server on which sign-in is needed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-accounts-'));
    const heddle = async (...args: readonly string[]) => {
      const output = await captureOutput(() => runCommandLine(['--data', folder, ...args]));
      return output;
    };
    await heddle('users', 'add', 'ada@example.org', '--role', 'owner');
    const server = await startServer(
      readSettings({ HEDDLE_DATA: folder, PORT: '0', HEDDLE_SIGN_IN: 'required', HEDDLE_LOG: 'silent' }),
    );
    try {
      expect((await fetch(`${server.address}/api/keys`)).status).toBe(401);
      await heddle('keys', 'create', 'shop', '--rate', '5');
      const [key] = server.heddle.keys.list();
      expect(key).toMatchObject({ name: 'shop', owner: 'local', scopes: { ratePerMinute: 5 } });
      await heddle('keys', 'revoke', key?.id ?? '');
      const file = join(folder, 'workflow.json');
      writeFileSync(file, JSON.stringify(echoDocument()));
      await heddle('import', file, '--slug', 'echo');
      const { id } = await server.heddle.workflows.get('echo');
      await heddle('keys', 'create', 'narrow', '--workflow', 'echo', '--may', 'run:start', '--may', 'model:try');
      const narrow = server.heddle.keys.list().find(({ name }) => name === 'narrow');
      expect(narrow?.scopes).toMatchObject({ workflows: [id], permissions: ['run:start', 'model:try'] });
      expect(await heddle('keys', 'create', 'wrong', '--workflow', 'ecko')).toMatchObject({
        result: 1,
        stderr: expect.stringContaining('workflow_not_found'),
      });
      expect(await heddle('keys', 'create', 'wrong', '--may', 'fly')).toMatchObject({ result: 2 });
      expect(server.heddle.keys.list()).toHaveLength(2);
      expect(server.heddle.keys.list().find(({ id: one }) => one === key?.id)?.revokedAt).toBeDefined();
      expect(server.heddle.users.list()).toMatchObject([{ email: 'ada@example.org', roles: { default: ['owner'] } }]);
      expect(statSync(join(folder, 'heddle.lock.json')).mode & 0o077).toBe(0);
    } finally {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

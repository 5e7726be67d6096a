import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../settings/read-settings.js';
import { startServer } from '../start-server.js';
import { captureOutput } from '../testing/capture-output.js';
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
      expect(server.heddle.keys.list()[0]?.revokedAt).toBeDefined();
      expect(server.heddle.users.list()).toMatchObject([{ email: 'ada@example.org', roles: { default: ['owner'] } }]);
      expect(statSync(join(folder, 'heddle.lock.json')).mode & 0o077).toBe(0);
    } finally {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

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
      const { stdout: link } = await heddle('users', 'add', 'bob@example.org');
      expect(link).toMatch(new RegExp(`^${server.address}/sign-in\\?setup=hl_[\\w-]+\n$`));
      await heddle('keys', 'create', 'shop', '--rate', '5');
      const [key] = await server.heddle.keys.list();
      expect(key).toMatchObject({ name: 'shop', owner: 'local', scopes: { ratePerMinute: 5 } });
      await heddle('keys', 'revoke', key?.id ?? '');
      expect((await server.heddle.keys.list())[0]?.revokedAt).toBeDefined();
      expect(await server.heddle.users.list()).toMatchObject([
        { email: 'ada@example.org', roles: { default: ['owner'] } },
        { email: 'bob@example.org' },
      ]);
      expect(statSync(join(folder, 'heddle.lock.json')).mode & 0o077).toBe(0);
    } finally {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('create a key for workflows by their slugs, with its permissions, and no key for an unknown workflow', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-keys-'));
    const heddle = async (...args: readonly string[]) => {
      const { result, stdout, stderr } = await captureOutput(() => runCommandLine(['--data', folder, ...args]));
      return { code: result, stdout, stderr };
    };
    try {
      const file = join(folder, 'workflow.json');
      writeFileSync(file, JSON.stringify(echoDocument()));
      const { id } = (
        JSON.parse((await heddle('import', file, '--slug', 'echo', '--json')).stdout) as { id: string }[]
      )[0]!;
      const made = await heddle('keys', 'create', 'narrow', '--workflow', 'echo', '--may', 'model:try', '--json');
      expect(JSON.parse(made.stdout)).toMatchObject({
        key: { scopes: { workflows: [id], permissions: ['model:try'] } },
      });
      const unknown = await heddle('keys', 'create', 'wrong', '--workflow', 'ecko');
      expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining('workflow_not_found') });
      expect(await heddle('keys', 'create', 'wrong', '--may', 'fly')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('the key is not valid: scopes.permissions.0: '),
      });
      expect(await heddle('users', 'add', 'nobody')).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('the user is not valid: email: '),
      });
      expect(JSON.parse((await heddle('keys', '--json')).stdout)).toHaveLength(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

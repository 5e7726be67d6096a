import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { readSettings } from '../settings/read-settings.js';
import { startServer, type RunningServer } from '../start-server.js';
import type { AnyJson } from '../testing/any-json.js';
import { captureOutput } from '../testing/capture-output.js';
import { startToolServer, type TestToolServer } from '../testing/test-tool-server.js';
import { runCommandLine } from './run-command-line.js';

describe.each(['on the folder', 'through a server'])(
  'commands for tool servers, connections, secrets and budgets, %s',
  (way) => {
    let folder: string;
    let server: RunningServer | undefined;
    let tools: TestToolServer;
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), 'heddle-outside-'));
      tools = await startToolServer();
      if (way === 'through a server')
        server = await startServer(readSettings({ HEDDLE_DATA: folder, PORT: '0', HEDDLE_LOG: 'silent' }));
    });
    afterEach(async () => {
      await server?.close();
      server = undefined;
      await tools.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const heddle = async (...args: readonly string[]) => {
      return captureOutput(() => runCommandLine(['--data', folder, ...args]));
    };
    const read = async (...args: readonly string[]): Promise<AnyJson> =>
      JSON.parse((await heddle(...args, '--json')).stdout);
    const file = (value: unknown): string => {
      const name = join(folder, 'given.json');
      writeFileSync(name, JSON.stringify(value));
      return name;
    };

    it('registers, tests, approves, disables and removes a tool server', async () => {
      expect(
        await read('tools', 'add', 'files', '--url', tools.url, '--inside', '--clearance', 'public'),
      ).toMatchObject({
        id: 'files',
        isReachable: true,
        tools: ['read', 'write'],
      });
      expect(await read('tools')).toMatchObject([{ id: 'files', clearance: 'public', tools: { new: 2 } }]);
      expect(await read('tools', 'approve', 'files__read')).toMatchObject([
        { standing: 'approved', effects: ['read'] },
      ]);
      expect(await read('tools', 'approve', 'files', '--all', '--effects', 'write,send')).toMatchObject([
        { name: 'files__write', effects: ['write', 'send'] },
      ]);
      tools.describe('read', 'Reads, and sends it away.');
      const shown = await heddle('tools', 'approve', 'files__read');
      expect(shown.stderr).toContain('+ "Reads, and sends it away."');
      expect(await read('tools', 'disable', 'files__read')).toMatchObject({ standing: 'disabled' });
      expect((await read('tools', 'list', 'files')).map((tool: { standing: string }) => tool.standing)).toEqual([
        'disabled',
        'approved',
      ]);
      expect(await read('tools', 'remove', 'files')).toEqual({ id: 'files' });
      expect(await read('tools', 'test', 'files')).toMatchObject({ error: { code: 'mcp_not_found' } });
    });

    it('names what the command line of a tool server lacks, and exits with 1 when the server does not answer', async () => {
      expect((await heddle('tools', 'add', 'files')).result).toBe(2);
      expect((await heddle('tools', 'add', 'Files', '--url', tools.url)).stderr).toContain('Lower-case letters');
      expect((await heddle('tools', 'approve', 'files')).result).toBe(2);
      const gone = await heddle('tools', 'add', 'gone', '--', '/nowhere/at-all');
      expect([gone.result, gone.stderr]).toEqual([1, expect.stringContaining('mcp_unreachable')]);
    });

    it('adds a connection from a preset, lists and removes it', async () => {
      await heddle('connections', 'add', 'mine', '--preset', 'vllm', '--url', 'http://127.0.0.1:1/v1');
      expect(await read('connections')).toMatchObject([
        { id: 'mine', kind: 'openai-compatible', isLocal: true, key: 'none' },
      ]);
      const test = await heddle('connections', 'test', 'mine');
      expect(test.result).toBe(1);
      expect((await heddle('connections', 'add', 'other', '--preset', 'none')).result).toBe(2);
      expect(await read('connections', 'remove', 'mine')).toEqual({ id: 'mine' });
      expect(await read('connections')).toEqual([]);
    });

    it('sets a secret with its hosts, changes the hosts, and never shows the secret', async () => {
      const before = Object.getOwnPropertyDescriptor(process, 'stdin');
      Object.defineProperty(process, 'stdin', { value: Readable.from(['canary\n']), configurable: true });
      try {
        expect((await heddle('secrets', 'set', 'crm', '--host', 'CRM.example', '--host', 'crm.lan:80')).result).toBe(0);
      } finally {
        if (before !== undefined) Object.defineProperty(process, 'stdin', before);
      }
      const card = { name: 'crm', owner: 'default', hosts: ['crm.example', 'crm.lan:80'], needsHost: false };
      expect(await read('secrets')).toMatchObject([card]);
      expect((await heddle('secrets', 'set', 'crm', '--keep', '--use', 'tool-environment')).stdout).toMatch(
        /is changed/,
      );
      expect(await read('secrets')).toMatchObject([{ ...card, uses: ['tool-environment'] }]);
      expect((await heddle('secrets')).stdout).toMatch(
        /^crm +crm\.example crm\.lan:80 +tool-environment +all +stored /m,
      );
      const vault = ['--installation', '--from', 'vault:team/crm#key'];
      expect((await heddle('secrets', 'set', 'far', ...vault, '--host', '*.far.example')).result).toBe(0);
      expect(await read('secrets', 'list', '--installation')).toMatchObject([
        { name: 'far', source: { kind: 'vault', path: 'team/crm', field: 'key' }, hosts: ['*.far.example'] },
      ]);
      for (const [args, text] of [
        [['far', '--from', 'nowhere'], '--from takes'],
        [['far', '--from', 'file', '--keep'], '--keep'],
        [['far', '--from', 'file'], 'installation'],
        [['crm', '--keep', '--host', 'https://crm.example'], 'is no host'],
        [['crm', '--keep', '--use', 'prompt'], 'uses'],
      ] as const)
        expect([args, (await heddle('secrets', 'set', ...args)).stderr]).toEqual([args, expect.stringContaining(text)]);
      expect(await read('secrets', 'remove', 'far', '--installation')).toEqual({ name: 'far' });
      expect(await read('secrets', 'remove', 'crm')).toEqual({ name: 'crm' });
      expect(await read('secrets')).toEqual([]);
    });

    it('sets, lists and removes budgets and policies, and prints what was spent', async () => {
      await heddle('budgets', 'set', file({ id: 'day', scope: { kind: 'all' }, limits: { money: 5, calls: 100 } }));
      expect((await heddle('budgets')).stdout).toMatch(/day +everything +day +0\.0000 of 5 USD, 0 of 100 calls +stop/);
      const [shown] = JSON.parse((await heddle('budgets', '--json')).stdout) as object[];
      expect(shown).toMatchObject({ id: 'day', spent: { calls: 0 } });
      expect((await heddle('budgets', 'set', file(shown ?? {}))).result).toBe(0);
      expect(await read('budgets', 'remove', 'day')).toEqual({ id: 'day' });
      await heddle(
        'policies',
        'set',
        file({ name: 'cheap', candidates: [{ model: 'smollm2-135m' }], prefer: 'cheapest' }),
      );
      expect(await read('policies')).toMatchObject([{ name: 'cheap', prefer: 'cheapest' }]);
      expect(JSON.parse((await heddle('policies', 'show', 'cheap')).stdout)).toMatchObject({ name: 'cheap' });
      expect(await read('policies', 'remove', 'cheap')).toEqual({ name: 'cheap' });
      expect(await read('policies', 'show', 'cheap')).toMatchObject({ error: { code: 'policy_not_found' } });
      expect(await read('spend', '--by', 'model', '--from', '2026-01-01')).toMatchObject({ by: 'model', rows: [] });
      expect((await heddle('spend', '--from', 'yesterday')).result).toBe(2);
      expect((await heddle('spend', '--from', '2026-02-31')).stderr).toContain("not '2026-02-31'");
      expect((await heddle('audit', 'export', '--to', '2026-02-31')).stderr).toContain('--to takes a date');
      expect((await heddle('spend', '--from', '2026-02-01', '--to', '2026-01-01')).result).toBe(2);
      const misspelt = await heddle('budgets', 'set', file({ id: 'day', scope: { kind: 'all' }, limits: { cost: 5 } }));
      expect([misspelt.result, misspelt.stderr]).toEqual([2, expect.stringContaining('limits')]);
      const unheard = await heddle(
        'policies',
        'set',
        file({ name: 'odd', candidates: [{ model: 'near' }], prefers: 'price' }),
      );
      expect([unheard.result, unheard.stderr]).toEqual([2, expect.stringContaining("Unknown field 'prefers'")]);
      const when = [{ fact: 'label', is: 'at-least', value: 'secret' }];
      const odd = await heddle('policies', 'set', file({ name: 'odd', candidates: [{ model: 'near', when }] }));
      expect([odd.result, odd.stderr]).toEqual([2, expect.stringContaining('candidates.0.when.0.value')]);
      expect((await heddle('budgets', 'set', file({ id: 'Bad' }))).stderr).toContain('scope');
    });
  },
);

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../settings/read-settings.js';
import { startServer } from '../start-server.js';
import { captureOutput } from '../testing/capture-output.js';
import { echoDocument } from '../testing/echo-document.js';
import { runCommandLine } from './run-command-line.js';

let folder: string;
let stop: () => Promise<void>;
const heddle = async (...args: readonly string[]) => {
  const { result, stdout, stderr } = await captureOutput(() =>
    runCommandLine(['--data', join(folder, 'data'), ...args]),
  );
  return { code: result, stdout, stderr };
};
const json = async <T = Record<string, unknown>>(...args: readonly string[]): Promise<T> =>
  JSON.parse((await heddle(...args, '--json')).stdout) as T;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-share-'));
  const file = join(folder, 'workflow.json');
  writeFileSync(file, JSON.stringify(echoDocument()));
  await heddle('import', file, '--slug', 'echo');
  await heddle('publish', 'echo', '--accept-data-map');
  const server = await startServer(
    readSettings({ HEDDLE_DATA: join(folder, 'data'), PORT: '0', HEDDLE_LOG: 'silent' }),
  );
  stop = () => server.close();
});
afterAll(async () => {
  await stop();
  rmSync(folder, { recursive: true, force: true });
});

it('heddle share creates a link, prints it once with its snippet, pauses, renews and revokes it', async () => {
  const { stdout } = await heddle(
    ...['share', 'create', 'echo', 'Site', '--title', 'Ask us', '--origin', 'https://www.example.org'],
    ...['--per-day', '5', '--example', 'One?', '--example', 'Two?', '--expires', '2099-01-31'],
  );
  expect(stdout).toMatch(
    /^id +l_\w+\nkind +chat\nlink +http:\/\/127\.0\.0\.1:\d+\/share\/hsl_.*\nembed +<script src="http.*embed\.js" data-token="hsl_.*" async><\/script>\n.*not shown again/,
  );
  const link = /link +(\S+)/.exec(stdout)?.[1] ?? '';
  const page = async (address = link) => (await fetch(address.replace('/share/', '/v1/share/'))).status;
  expect(await page()).toBe(200);
  const [share] = await json<[Record<string, unknown>]>('share', 'list', 'echo');
  expect(share).toMatchObject({ title: 'Ask us', examples: ['One?', 'Two?'], runsPerDay: 5, kind: 'chat' });
  expect((await heddle('share', 'list', 'echo')).stdout).toContain('0 of 5');
  const id = String(share['id']);
  expect((await heddle('share', 'pause', 'echo', id)).stdout).toBe('Site: paused\n');
  expect(await page()).toBe(404);
  expect(await json('share', 'resume', 'echo', id)).toMatchObject({ isPaused: false, examples: ['One?', 'Two?'] });
  expect(await page()).toBe(200);
  const renewed = await json('share', 'renew', 'echo', id);
  expect([await page(), await page(link.replace(/hsl_.*/, String(renewed['token'])))]).toEqual([404, 200]);
  expect((await heddle('share', 'revoke', 'echo', id)).stdout).toContain('revoked');
  expect(await json('share', 'list', 'echo')).toEqual([]);
});

it('heddle share names what is wrong with a command', async () => {
  const wrong = async (...args: readonly string[]) => {
    const { code, stderr } = await heddle('share', 'create', 'echo', 'X', ...args);
    return [code, stderr.split('\n')[0]];
  };
  expect(await wrong('--expires', '2027-02-31')).toEqual([2, expect.stringContaining("not '2027-02-31'")]);
  expect(await wrong('--expires', 'soon')).toEqual([2, expect.stringContaining('--expires takes a date')]);
  expect(await wrong('--origin', 'example.org')).toEqual([2, expect.stringContaining('origins.0')]);
  expect(await wrong('--members', '--origin', 'https://a.example')).toEqual([2, expect.stringContaining('signed-in')]);
  expect(await wrong('--pin', '9')).toEqual([1, expect.stringContaining('version')]);
});

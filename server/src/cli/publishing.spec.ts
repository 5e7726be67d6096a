import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../settings/read-settings.js';
import { startServer } from '../start-server.js';
import { captureOutput } from '../testing/capture-output.js';
import { echoDocument } from '../testing/echo-document.js';
import { runCommandLine } from './run-command-line.js';

const requests = (contains: string): string =>
  JSON.stringify({
    name: 'says it',
    inputs: { question: 'hi' },
    expect: { outputs: { answer: { contains, label: 'internal' } } },
  });

describe('heddle publish, versions, rollback, test and stop', () => {
  let folder: string;
  let workflow: string;
  const data = (): string => join(folder, 'data');
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-publishing-'));
    workflow = join(folder, 'echo');
    mkdirSync(workflow);
    writeFileSync(join(workflow, 'workflow.json'), JSON.stringify(echoDocument()));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const heddle = async (...args: readonly string[]) => {
    const { result, stdout, stderr } = await captureOutput(() => runCommandLine(['--data', data(), ...args]));
    return { code: result, stdout, stderr, json: () => JSON.parse(stdout) as unknown };
  };
  const stored = async (): Promise<void> => {
    await heddle('import', join(workflow, 'workflow.json'), '--slug', 'echo');
  };

  it('tests a folder: exits with 0 when all pass, and with 1 and the result when one fails', async () => {
    expect((await heddle('test', workflow)).stderr).toContain('file_not_found');
    writeFileSync(join(workflow, 'tests.jsonl'), `${requests('hi')}\n`);
    const good = await heddle('test', workflow);
    expect([good.code, good.stdout]).toEqual([0, expect.stringMatching(/✓ says it .*\n1 passed, 0 failed/s)]);
    writeFileSync(join(workflow, 'tests.jsonl'), `${requests('bye')}\n${requests('hi')}\n`);
    const bad = await heddle('test', workflow, '--json');
    expect([bad.code, bad.json()]).toEqual([1, expect.objectContaining({ passed: 1, failed: 1 })]);
  });

  it('publishes, lists and rolls back, directly on the folder', async () => {
    await stored();
    expect((await heddle('publish', 'echo', '--note', 'one', '--json')).json()).toMatchObject({
      version: 1,
      note: 'one',
    });
    writeFileSync(join(workflow, 'workflow.json'), JSON.stringify(echoDocument('Said: ')));
    await stored();
    const check = await heddle('publish', 'echo', '--check');
    expect([check.code, check.stdout]).toEqual([0, expect.stringContaining('Said:')]);
    expect((await heddle('publish', 'echo')).stdout).toMatch(/^echo: version 2, sha256:/);
    expect((await heddle('rollback', 'echo')).stdout).toBe('echo: version 1 is live\n');
    expect((await heddle('versions', 'echo')).stdout).toMatch(/^2 .*\n1 .*live +one/m);
    expect((await heddle('rollback', 'echo')).code).toBe(1);
    expect((await heddle('rollback', 'echo', 'x')).code).toBe(2);
    expect((await heddle('publish', 'nothing')).stderr).toContain('workflow_not_found');
  });

  it('requires the data map to be accepted when data leaves this machine', async () => {
    const { nodes, edges, ...rest } = echoDocument();
    const calling = { type: 'http', version: 1, config: { url: 'https://one.example/{{ value }}' } };
    const path = join(folder, 'calling.json');
    const document = {
      ...rest,
      nodes: { ...nodes, call: calling },
      edges: [...edges, { from: 'say.text', to: 'call.value' }],
    };
    writeFileSync(path, JSON.stringify(document));
    await heddle('import', path, '--slug', 'calling');
    const refused = await heddle('publish', 'calling');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('--accept-data-map')]);
    expect((await heddle('publish', 'calling', '--accept-data-map')).code).toBe(0);
  });

  it('stops and releases through a running server', async () => {
    const server = await startServer(
      readSettings({ HEDDLE_DATA: data(), PORT: '0', HEDDLE_SIGN_IN: 'required', HEDDLE_LOG: 'silent' }),
    );
    try {
      expect((await heddle('stop')).stdout).toBe('Nothing is stopped.\n');
      expect((await heddle('stop', 'workflow:echo', '--reason', 'It repeats.')).code).toBe(0);
      const { id } = await server.heddle.workflows.get('echo');
      expect((await heddle('stop', '--json')).json()).toMatchObject({ killSwitches: [{ target: `workflow:${id}` }] });
      expect((await heddle('release', 'workflow:echo')).code).toBe(0);
      expect((await heddle('release', 'workflow:echo')).code).toBe(1);
      expect((await heddle('stop', 'everyone')).code).toBe(2);
    } finally {
      await server.close();
    }
  });
});

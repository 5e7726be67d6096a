import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { lockDataFolder } from '@heddle/adapters/database';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type RunningServer } from '../start-server.js';
import { readSettings } from '../settings/read-settings.js';
import { captureOutput } from '../testing/capture-output.js';
import { connect } from './client/connect.js';
import { runCommandLine } from './run-command-line.js';

/** A workflow that takes a name and a number, and greets. */
const greeting = {
  heddle: 2,
  name: 'Greeting',
  nodes: {
    who: {
      type: 'input',
      version: 1,
      config: {
        fields: [
          { name: 'name', type: 'text' },
          { name: 'times', type: 'number', required: false },
        ],
      },
    },
    words: { type: 'prompt', version: 1, config: { template: 'Hello {{ name }}!' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'greeting', type: 'text' }] } },
  },
  edges: [
    { from: 'who.name', to: 'words.name' },
    { from: 'words.text', to: 'reply.greeting' },
  ],
};

describe('heddle', () => {
  let folder: string;
  let file: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-cli-'));
    file = join(folder, 'greeting.json');
    writeFileSync(file, JSON.stringify(greeting));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const heddle = async (...args: readonly string[]) => {
    const { result, stdout, stderr } = await captureOutput(() =>
      runCommandLine(['--data', join(folder, 'data'), ...args]),
    );
    return { code: result, stdout, stderr };
  };

  it('reports a missing argument once, and a file that does not exist', async () => {
    const erase = await heddle('audit', 'erase');
    expect([erase.code, erase.stderr.split('\n')[0]]).toEqual([
      2,
      'heddle: What is to be erased is not valid: Say what to erase: run, level or before',
    ]);
    for (const command of [
      ['budgets', 'set'],
      ['policies', 'set'],
    ]) {
      const { code, stderr } = await heddle(...command, join(folder, 'none.json'));
      expect([code, stderr]).toEqual([1, expect.stringContaining("none.json' cannot be read: check the path.")]);
    }
  });

  describe('exits with 2 when it is misused', () => {
    it.each([
      [['run']],
      [['run', 'x', '--no-such-option']],
      [['nonsense']],
      [['search', 'faq']],
      [['search', 'faq', 'query', '-k', 'many']],
      [['search', 'faq', 'query', '--mode', 'psychic']],
      [['runtime', 'add', 'abacus']],
      [['export', '--all']],
      [['runs', 'show', '']],
      [['export', ' ']],
      [['models', 'add', 'no-such-file']],
      [['import', 'a.json', 'b.json', '--slug', 'one']],
    ])('%j', async (args) => {
      const { code, stdout, stderr } = await heddle(...args);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).not.toBe('');
    });

    it('with an input without a name, or a repeated one', async () => {
      expect((await heddle('run', file, '--input', 'Ada')).code).toBe(2);
      expect((await heddle('run', file, '--input', 'name=a', '--input', 'name=b')).code).toBe(2);
    });

    it('and with --json prints the error as one document', async () => {
      const { code, stdout } = await heddle('search', 'faq', '--json');
      expect(code).toBe(2);
      expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'usage' } });
    });
  });

  it('runs a file: prints the answer to standard output, and progress to standard error', async () => {
    const { code, stdout, stderr } = await heddle('run', file, '--input', 'name=Ada');
    expect([code, stdout]).toEqual([0, 'Hello Ada!\n']);
    expect(stderr).toContain('words done');
  });

  it('prints one JSON document with --json', async () => {
    const { code, stdout } = await heddle('run', file, '--input', 'name=Ada', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      runId: expect.any(String),
      status: 'done',
      outputs: { greeting: 'Hello Ada!' },
      nodes: { words: { status: 'done', ms: expect.any(Number) } },
    });
  });

  it('reads an input from a file, and numbers as JSON', async () => {
    writeFileSync(join(folder, 'name.txt'), 'Grace');
    expect(
      (await heddle('run', file, '--input', `name=@${join(folder, 'name.txt')}`, '--input', 'times=2')).stdout,
    ).toBe('Hello Grace!\n');
    expect((await heddle('run', file, '--input', 'name=@@home')).stdout).toBe('Hello @home!\n');
    const wrong = await heddle('run', file, '--input', 'name=Ada', '--input', 'times=twice', '--json');
    expect([wrong.code, JSON.parse(wrong.stdout).error.code]).toEqual([1, 'input_type']);
  });

  it.each([
    ['a missing input', ['run', 'FILE'], 'input_missing'],
    ['an empty input', ['run', 'FILE', '--input', 'name= '], 'input_empty'],
    ['an unknown input', ['run', 'FILE', '--input', 'name=Ada', '--input', 'age=3'], 'input_unknown'],
    ['an input file that is not there', ['run', 'FILE', '--input', 'name=@nowhere.txt'], 'file_not_found'],
    ['a workflow that is not there', ['run', 'no-such-workflow'], 'workflow_not_found'],
    ['a run that is not there', ['runs', 'show', 'nothing'], 'run_not_found'],
    ['a collection that is not there', ['search', 'nothing', 'query'], 'collection_not_found'],
    ['a model that is not there', ['models', 'pull', 'nothing'], 'model_unknown'],
  ])('exits with 1 for %s, and names the code', async (_what, args, expected) => {
    const given = args.map((arg) => (arg === 'FILE' ? file : arg));
    const { code, stdout, stderr } = await heddle(...given, '--json');
    expect([code, JSON.parse(stdout).error.code]).toEqual([1, expected]);
    expect(stderr).toContain(expected);
  });

  it('validates files: prints all issues, and exits with 1 when one is an error', async () => {
    const broken = join(folder, 'broken.json');
    writeFileSync(
      broken,
      JSON.stringify({ ...greeting, nodes: { ...greeting.nodes, odd: { type: 'nonsense', version: 1 } }, edges: [] }),
    );
    const garbage = join(folder, 'garbage.json');
    writeFileSync(garbage, '{ "heddle": ');
    const { code, stdout } = await heddle('validate', file, broken, garbage, '--json');
    expect(code).toBe(1);
    const reports = JSON.parse(stdout);
    expect(reports.map((report: { isValid: boolean }) => report.isValid)).toEqual([true, false, false]);
    expect(reports[1].issues.map((issue: { code: string }) => issue.code)).toEqual(
      expect.arrayContaining(['unknown-node-type', 'input-missing']),
    );
    expect(reports[2].error.code).toBe('document_unreadable');
    expect(process.exitCode).toBeUndefined();
    expect((await heddle('validate', file)).code).toBe(0);
  });

  it('imports and exports workflows byte for byte, and runs a stored one', async () => {
    expect((await heddle('import', file)).stdout).toContain('stored as greeting (revision 1)');
    expect((await heddle('import', file)).stdout).toContain('(revision 2)');
    const first = (await heddle('export', 'greeting')).stdout;
    writeFileSync(join(folder, 'again.json'), first);
    await heddle('import', join(folder, 'again.json'), '--slug', 'greeting');
    const out = join(folder, 'out', 'greeting.json');
    await heddle('export', 'greeting', '--out', out);
    expect(readFileSync(out, 'utf8')).toBe(first);
    mkdirSync(join(folder, 'plain'));
    expect(statSync(join(folder, 'out')).mode).toBe(statSync(join(folder, 'plain')).mode);
    expect((await heddle('run', 'greeting', '--input', 'name=Ada')).stdout).toBe('Hello Ada!\n');
  });

  it('lists runs and shows one with its nodes', async () => {
    const runs = JSON.parse((await heddle('runs', '--json')).stdout);
    expect(runs[0]).toMatchObject({ status: 'done', workflowName: 'Greeting', trigger: 'cli' });
    expect((await heddle('runs', 'show', runs[0].runId)).stdout).toContain('words');
    expect(JSON.parse((await heddle('runs', 'resume', runs[0].runId, '--json')).stdout).error.code).toBe('conflict');
    expect((await heddle('runs', 'watch', runs[0].runId)).stdout).toContain('run-end');
  });

  it('shows the status, also as JSON', async () => {
    const received = await heddle('health');
    expect([received.code, received.stdout]).toEqual([
      0,
      expect.stringMatching(/^Healthy: 0 running, 0 queued, 0 suspended/),
    ]);
    expect(JSON.parse((await heddle('health', '--json')).stdout)).toMatchObject({ status: 'ok', stuck: 0 });
  });

  it('backs up and restores, and overwrites data only with --force', async () => {
    const copy = join(folder, 'copy');
    expect((await heddle('backup', copy)).code).toBe(0);
    expect(JSON.parse((await heddle('backup', copy, '--json')).stdout).error.code).toBe('conflict');
    const restored = (...args: string[]) =>
      captureOutput(() => runCommandLine(['--data', join(folder, 'second'), ...args]));
    expect((await restored('restore', copy)).result).toBe(0);
    expect((await restored('run', 'greeting', '--input', 'name=Eve')).stdout).toBe('Hello Eve!\n');
    expect(JSON.parse((await restored('restore', copy, '--json')).stdout).error.code).toBe('conflict');
    writeFileSync(join(copy, 'heddle.db'), 'this is no database at all, but long enough to be read as one by mistake');
    expect(JSON.parse((await restored('restore', copy, '--force', '--json')).stdout).error.code).toBe(
      'storage_corrupt',
    );
    expect((await restored('run', 'greeting', '--input', 'name=Eve')).stdout).toBe('Hello Eve!\n');
    expect(JSON.parse((await restored('restore', folder, '--json')).stdout).error.code).toBe('file_not_found');
  });

  describe('beside a running server', () => {
    let server: RunningServer;
    const settings = () =>
      readSettings({ HEDDLE_DATA: join(folder, 'data'), PORT: '0', HEDDLE_LOG: 'silent', HEDDLE_STOP_MS: '0' });
    beforeAll(async () => (server = await startServer(settings())));
    afterAll(() => server.close());

    it('works through the server, with the same answers', async () => {
      const client = await connect(settings());
      expect(client.address).toBe(server.address);
      expect((await heddle('run', file, '--input', 'name=Ada', '--stream')).stdout).toBe('Hello Ada!\n');
      const reply = JSON.parse((await heddle('run', 'greeting', '--input', 'name=Ada', '--json')).stdout);
      expect(reply).toMatchObject({
        status: 'done',
        outputs: { greeting: 'Hello Ada!' },
        nodes: { words: { status: 'done' } },
      });
      expect((await server.heddle.runs.get(reply.runId)).status).toBe('done');
      const missing = await heddle('run', file, '--json');
      expect([missing.code, JSON.parse(missing.stdout).error.code]).toEqual([1, 'input_missing']);
      expect((await heddle('import', file)).code).toBe(0);
      expect((await heddle('runs', 'watch', reply.runId)).stdout).toContain('run-end');
      expect((await heddle('backup', join(folder, 'live-copy'))).code).toBe(0);
    });

    it('refuses a second server on the folder, a port in use, and an address that other machines can reach', async () => {
      await expect(startServer(settings())).rejects.toMatchObject({
        code: 'storage_locked',
        details: { pid: process.pid },
      });
      const port = new URL(server.address).port;
      await expect(
        startServer(readSettings({ HEDDLE_DATA: join(folder, 'third'), PORT: port, HEDDLE_LOG: 'silent' })),
      ).rejects.toMatchObject({ code: 'port_taken' });
      await expect(
        startServer(readSettings({ HEDDLE_DATA: join(folder, 'third'), HOST: '0.0.0.0' })),
      ).rejects.toMatchObject({ code: 'insecure_bind' });
      const again = await lockDataFolder(join(folder, 'third'), { kind: 'command' });
      again.release();
    });
  });

  it('names the process that holds the folder, after a wait for it', async () => {
    const lock = await lockDataFolder(join(folder, 'paused'), { kind: 'command' });
    const settings = readSettings({ HEDDLE_DATA: join(folder, 'paused') });
    await expect(connect(settings, 200)).rejects.toMatchObject({
      code: 'storage_locked',
      details: { pid: process.pid },
    });
    setTimeout(() => lock.release(), 200);
    const client = await connect(settings, 3_000);
    expect(client.address).toBeUndefined();
    await client.close();
  });
});

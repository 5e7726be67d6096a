import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../settings/read-settings.js';
import { startServer } from '../start-server.js';
import { captureOutput } from '../testing/capture-output.js';
import { echoDocument } from '../testing/echo-document.js';
import { runCommandLine } from './run-command-line.js';

type Json = Record<string, unknown>;

describe('heddle hooks, webhooks, schedules and batches', () => {
  let folder: string;
  let stop: () => Promise<void>;
  const heddle = async (...args: readonly string[]) => {
    const { result, stdout, stderr } = await captureOutput(() =>
      runCommandLine(['--data', join(folder, 'data'), ...args]),
    );
    return { code: result, stdout, stderr };
  };
  const json = async <T = Json>(...args: readonly string[]): Promise<T> =>
    JSON.parse((await heddle(...args, '--json')).stdout) as T;
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const serve = async (): Promise<void> => {
    const settings = { HEDDLE_DATA: join(folder, 'data'), PORT: '0', HEDDLE_LOG: 'silent' };
    const server = await startServer(readSettings(settings));
    stop = () => server.close();
  };
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-triggers-'));
    await heddle('import', file('workflow.json', JSON.stringify(echoDocument())), '--slug', 'echo');
    await heddle('publish', 'echo', '--accept-data-map');
    await serve();
  });
  afterAll(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('creates an incoming webhook, tries it, shows its messages, pauses and removes it', async () => {
    const made = await heddle('hooks', 'create', 'echo', 'Shop', '--input', 'question={{ body.title }}');
    expect(made.stdout).toMatch(
      /^id .*\naddress +POST http:\/\/127\.0\.0\.1:\d+\/v1\/hooks\/h_.*\nsecret +whsec_.*\n.*not shown again/,
    );
    const [hook] = await json<[Json]>('hooks', 'list', 'echo');
    expect(hook).toMatchObject({ name: 'Shop', inputs: { question: '{{ body.title }}' }, isPaused: false });
    const id = String(hook['id']);
    const tried = await json('hooks', 'try', 'echo', id, file('body.json', '{"title":"Broken"}'));
    expect((await heddle('hooks', 'arrivals', 'echo', id)).stdout).toContain(String(tried['runId']));
    const wrong = await heddle('hooks', 'try', 'echo', id, file('wrong.json', '{}'));
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining('title')]);
    expect(await json('hooks', 'arrivals', 'echo', id)).toMatchObject([{ error: {} }, { runId: tried['runId'] }]);
    expect((await heddle('hooks', 'pause', 'echo', id)).stdout).toBe('Shop: paused\n');
    expect((await heddle('hooks', 'try', 'echo', id, join(folder, 'body.json'))).stderr).toContain('channel_closed');
    expect(await json('hooks', 'resume', 'echo', id)).toMatchObject({ isPaused: false, inputs: hook['inputs'] });
    expect(await json('hooks', 'secret', 'echo', id)).toEqual({ secret: expect.stringMatching(/^whsec_/) });
    expect(await json('hooks', 'delete', 'echo', id)).toEqual({ removed: id });
    expect((await heddle('hooks', 'list', 'echo')).stdout).toBe("'echo' has no incoming webhooks.\n");
    expect((await heddle('hooks', 'pause', 'echo', id)).stderr).toContain('trigger_not_found');
  });

  it('creates an outgoing webhook, and shows and resends its messages', async () => {
    const url = 'http://127.0.0.1:9/in';
    const made = await json('webhooks', 'create', 'echo', 'CRM', url, '--event', 'run.done', '--clearance', 'public');
    expect(made).toMatchObject({ url, events: ['run.done'], clearance: 'public', secret: expect.any(String) });
    const id = String(made['id']);
    const { id: hook } = await json('hooks', 'create', 'echo', 'In');
    await heddle('hooks', 'try', 'echo', String(hook), file('question.json', '{"question":"hi"}'));
    let deliveries: Json[] = [];
    while (deliveries[0]?.['status'] !== 'dead') deliveries = await json<Json[]>('webhooks', 'deliveries', 'echo', id);
    const delivery = String(deliveries[0]?.['id']);
    // An address of this machine is never called unless HEDDLE_FETCH_ALLOW names it.
    expect((await heddle('webhooks', 'show', 'echo', id, delivery)).stdout).toMatch(/dead.*\n.*\n.*try.*\n.*none/);
    expect(await json('webhooks', 'send', 'echo', id, delivery)).toMatchObject({ status: 'waiting' });
    expect((await heddle('webhooks', 'list', 'echo')).stdout).toContain('CRM');
    await heddle('webhooks', 'delete', 'echo', id);
    await heddle('hooks', 'delete', 'echo', String(hook));
  });

  it('describes a schedule, creates it, runs it now and shows its runs', async () => {
    const cron = ['echo', 'Morning', '30 2 * * *', '--zone', 'Europe/Paris'];
    const check = await heddle('schedules', 'create', ...cron, '--check');
    expect(check.stdout).toMatch(/^when {2}At 02:30, every day, Europe\/Paris\nnext {2}.*\n(?: {6}.*\n){4}note {2}On/);
    expect((await heddle('schedules', 'list', 'echo')).stdout).toContain('has no schedules');
    const made = await json('schedules', 'create', ...cron, '--input', 'question=at {{ time }}', '--catch-up', 'skip');
    expect(made).toMatchObject({ timeZone: 'Europe/Paris', catchUp: 'skip', next: expect.any(Array) });
    const id = String(made['id']);
    const { runId } = await json('schedules', 'run-now', 'echo', id);
    expect(await json('schedules', 'show', 'echo', id)).toMatchObject({ history: [{ key: 'now', runId }] });
    expect((await heddle('schedules', 'show', 'echo', id)).stdout).toContain('by hand');
    expect(await json('schedules', 'pause', 'echo', id)).toMatchObject({ isPaused: true, next: [] });
    expect((await heddle('schedules', 'create', 'echo', 'x', 'soon')).code).toBe(1);
    await heddle('schedules', 'delete', 'echo', id);
  });

  it('checks the rows of a file, runs them, and writes the result of each', async () => {
    const rows = file('rows.csv', 'Frage,note\nWer?,1\nWo?,2\n');
    const bad = await heddle('batches', 'create', 'echo', rows, '--check');
    expect([bad.code, bad.stdout]).toEqual([1, expect.stringContaining('2 of them do not fit')]);
    const good = await heddle('batches', 'create', 'echo', rows, '--check', '-c', 'question=Frage');
    expect([good.code, good.stdout]).toEqual([0, expect.stringContaining('row 1: {"question":"Wer?"}')]);
    const done = await json('batches', 'create', 'echo', rows, '-c', 'question=Frage', '--concurrency', '2');
    expect(done).toMatchObject({ name: 'rows.csv', status: 'done', concurrency: 2, rows: { done: 2 } });
    const id = String(done['id']);
    const csv = await heddle('batches', 'download', 'echo', id, '--format', 'csv');
    expect(csv.stdout).toContain('You asked: Wo?');
    const out = join(folder, 'out.jsonl');
    expect(await json('batches', 'download', 'echo', id, '--out', out)).toEqual({ batch: id, file: out });
    expect(readFileSync(out, 'utf8').trim().split('\n')).toHaveLength(2);
    expect((await heddle('batches', 'download', 'echo', id, '--json')).code).toBe(2);
    expect((await heddle('batches', 'show', 'echo', id)).stdout).toMatch(/^rows.csv \(b_.*\): done, .*2 done of 2/);
    expect((await heddle('batches', 'retry', 'echo', id)).stderr).toContain('conflict');
    expect((await heddle('batches', 'follow', 'echo', id)).code).toBe(0);
    expect(await json('batches', 'list', 'echo')).toMatchObject([{ id }]);
    expect((await heddle('batches', 'delete', 'echo', id)).code).toBe(0);
    expect((await heddle('batches', 'create', 'echo', join(folder, 'none.csv'))).stderr).toContain('file_not_found');
  });

  it('runs a batch directly on the folder when no server runs', async () => {
    await stop();
    const rows = file('rows.jsonl', '{"question":"a"}\n{"question":"b"}\n');
    const done = await json('batches', 'create', 'echo', rows);
    expect(done).toMatchObject({ status: 'done', rows: { done: 2 } });
    const csv = await heddle('batches', 'download', 'echo', String(done['id']), '--format', 'csv');
    expect(csv.stdout).toContain('You asked: b');
    await serve();
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { cleanUp, collect, startProgram, temporaryFolder } from './built-program.js';
import { documentFile, greeting, sorting } from './documents.js';
import { heddle } from './heddle-command.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(180_000);
afterAll(cleanUp);

/** The shape of a value: keys and types, without what differs from run to run. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, shapeOf(inner)]),
  );
}

describe('the built command line', () => {
  const data = () => join(temporaryFolder(), 'data');

  it('exits with 0 when the work is done, with the answer on standard output', async () => {
    const result = await heddle(['run', documentFile(greeting), '--input', 'name=Ada'], { data: data() });
    expect([result.code, result.stdout]).toEqual([0, 'Hello Ada!\n']);
  });

  it('exits with 1 when the work failed, and prints the reason as one document', async () => {
    const result = await heddle(['run', documentFile(greeting), '--json'], { data: data() });
    expect(result.code).toBe(1);
    expect(result.json()).toMatchObject({ error: { code: 'input_missing' } });
    expect(result.stderr).toContain('name');
  });

  it('exits with 2 for an unknown command or option', async () => {
    const [command, option] = await Promise.all([heddle(['weave']), heddle(['run', 'x.json', '--colour'])]);
    expect([command.code, option.code]).toEqual([2, 2]);
    expect([command.stdout, option.stdout]).toEqual(['', '']);
    expect(command.stderr).toContain('weave');
  });

  it('prints its version and help without a data folder', async () => {
    const folder = temporaryFolder();
    const [version, help] = await Promise.all([heddle(['--version'], { folder }), heddle(['--help'], { folder })]);
    expect([version.code, help.code]).toEqual([0, 0]);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect(help.stdout).toContain('ingest');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('exits with 0 if the reader of its output leaves early', async () => {
    for (const args of [['settings', '--json'], ['--help']]) {
      const child = startProgram(args, { data: data() });
      child.stdout?.destroy();
      const stderr = collect(child.stderr);
      const code = await new Promise((resolve) => child.once('close', resolve));
      expect([code, stderr()]).toEqual([0, '']);
    }
  });

  it('refuses a setting with an unknown value, and names the setting', async () => {
    const result = await heddle(['runs', '--json'], { data: data(), environment: { HEDDLE_LOG: 'loud' } });
    expect(result.code).toBe(1);
    expect(result.json()).toMatchObject({
      error: { code: 'setting_invalid', message: expect.stringContaining('HEDDLE_LOG') },
    });
  });

  describe('validate', () => {
    it('reports valid and invalid files in one document', async () => {
      const good = documentFile(greeting);
      const bad = documentFile({ ...greeting, edges: [{ from: 'who.name', to: 'words.nobody' }] });
      const unreadable = documentFile('{ "heddle": 1,');
      const hostile = documentFile(
        '{"heddle":1,"name":"x","nodes":{"__proto__":{"type":"wait","version":1,"config":{}}},"edges":[]}',
      );
      const missing = join(temporaryFolder(), 'nowhere.json');
      const result = await heddle(['validate', good, bad, unreadable, hostile, missing, '--json'], { data: data() });
      expect(result.code).toBe(1);
      expect(result.json()).toMatchObject([
        { file: good, isValid: true },
        {
          file: bad,
          isValid: false,
          issues: expect.arrayContaining([expect.objectContaining({ severity: 'error', fix: expect.any(String) })]),
        },
        { file: unreadable, isValid: false, error: { code: 'document_unreadable' } },
        { file: hostile, isValid: false, error: { code: 'forbidden_name' } },
        { file: missing, isValid: false, error: { code: 'file_not_found' } },
      ]);
    });

    it('exits with 0 for valid files', async () => {
      expect((await heddle(['validate', documentFile(greeting), documentFile(sorting)], { data: data() })).code).toBe(
        0,
      );
    });
  });

  describe('with a running server', () => {
    let server: ServerProcess;
    beforeAll(async () => {
      server = await startServer();
    });
    afterAll(() => server.stop());

    it('works through the server, and prints the same as without one', async () => {
      const args = ['run', documentFile(sorting), '--input', 'words=["one","two","three"]', '--json'];
      const [alone, through] = await Promise.all([heddle(args, { data: data() }), heddle(args, { data: server.data })]);
      expect([alone.code, through.code]).toEqual([0, 0]);
      expect(through.json()).toMatchObject({
        status: 'done',
        outputs: { many: expect.stringContaining('two!') },
        nodes: { few: { status: 'skipped' } },
      });
      expect(shapeOf(through.json())).toEqual(shapeOf(alone.json()));
      const { runId } = through.json() as { runId: string };
      const reply = await fetch(`${server.address}/api/runs/${runId}`);
      expect(await reply.json()).toMatchObject({ runId, status: 'done' });
    });

    it('refuses a second server on the same folder, and names the first one', async () => {
      const result = await heddle(['serve', '--port', '0'], { data: server.data });
      expect(result.code).toBe(1);
      expect(result.stderr).toContain('storage_locked');
      expect(result.stderr).toContain(String(server.pid));
    });
  });

  it('works after a killed server has left its lock', async () => {
    const server = await startServer();
    await server.kill();
    const result = await heddle(['runs', '--json'], { data: server.data });
    expect([result.code, result.json()]).toEqual([0, []]);
  });

  it('refuses a port that is taken', async () => {
    const holder = createServer();
    const port = await new Promise<number>((resolve) =>
      holder.listen(0, '127.0.0.1', () => resolve((holder.address() as { port: number }).port)),
    );
    const result = await heddle(['serve', '--port', String(port)], { data: data() });
    await new Promise((resolve) => holder.close(resolve));
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('port_taken');
    expect(result.stderr).toContain(String(port));
  });

  it('refuses to listen on an address that other machines reach', async () => {
    const result = await heddle(['serve', '--port', '0'], { data: data(), environment: { HOST: '0.0.0.0' } });
    expect([result.code, result.stdout]).toEqual([1, '']);
    expect(result.stderr).toContain('insecure_bind');
  });

  it('refuses a data folder in which it must not write', async () => {
    // A kernel folder refuses writes even by root.
    const result = await heddle(['runs', '--json'], {
      data: process.platform === 'linux' ? '/proc/heddle' : '/dev/null/heddle',
    });
    expect(result.code).toBe(1);
    expect(result.json()).toMatchObject({ error: { code: expect.stringMatching(/^storage_/) } });
  });

  it('refuses a data folder that is a file', async () => {
    const file = join(temporaryFolder(), 'data');
    writeFileSync(file, 'text');
    const result = await heddle(['runs', '--json'], { data: file });
    expect(result.code).toBe(1);
    expect(result.json()).toMatchObject({ error: { code: expect.stringMatching(/^storage_/) } });
  });

  it('refuses a damaged database, and leaves it as it is', async () => {
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'heddle.db'), 'this is no database, only words that go on for a while '.repeat(100));
    const result = await heddle(['runs', '--json'], { data: folder });
    expect(result.code).toBe(1);
    expect(result.json()).toMatchObject({ error: { code: expect.stringMatching(/^storage_/) } });
    expect(readdirSync(folder)).toContain('heddle.db');
    rmSync(folder, { recursive: true });
  });

  it('leaves no empty collection behind when the path of an ingest is mistyped', async () => {
    const folder = data();
    const result = await heddle(['ingest', 'faq', join(folder, 'nowhere'), '--json'], { data: folder });
    expect([result.code, result.json()]).toMatchObject([1, { error: { code: 'file_not_found' } }]);
    const search = await heddle(['search', 'faq', 'anything', '--json'], { data: folder });
    expect(search.json()).toMatchObject({ error: { code: 'collection_not_found' } });
  });

  it('leaves no empty collection behind when a folder holds no document', async () => {
    const folder = data();
    const empty = temporaryFolder();
    const result = await heddle(['ingest', 'faq', empty, '--json'], { data: folder });
    expect([result.code, result.json()]).toMatchObject([2, { error: { code: 'usage' } }]);
    const search = await heddle(['search', 'faq', 'anything', '--json'], { data: folder });
    expect(search.json()).toMatchObject({ error: { code: 'collection_not_found' } });
  });

  it('imports workflows and exports them byte for byte', async () => {
    const folder = data();
    const file = documentFile(sorting);
    expect((await heddle(['import', file, '--slug', 'sorting'], { data: folder })).code).toBe(0);
    const once = await heddle(['export', 'sorting'], { data: folder });
    const again = documentFile(once.stdout);
    expect((await heddle(['import', again, '--slug', 'again'], { data: folder })).code).toBe(0);
    expect((await heddle(['export', 'again'], { data: folder })).stdout).toBe(once.stdout);
    const run = await heddle(['run', 'sorting', '--input', 'words=["one"]', '--json'], { data: folder });
    expect(run.json()).toMatchObject({ status: 'done', outputs: { few: expect.stringContaining('one!') } });
  });
});

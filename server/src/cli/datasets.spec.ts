import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureOutput } from '../testing/capture-output.js';
import { runCommandLine } from './run-command-line.js';

describe('heddle datasets', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-datasets-'));
    writeFileSync(join(folder, 'a.csv'), 'q,expected\n1,one\n2,two\n');
    writeFileSync(join(folder, 'bad.jsonl'), '{"inputs":{}}\n{"inputs":1}\n');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const heddle = (...args: readonly string[]) =>
    captureOutput(() => runCommandLine(['--data', join(folder, 'data'), 'datasets', ...args]));

  it('imports, shows, exports and removes a dataset by its name', async () => {
    expect((await heddle('list')).stdout).toContain('no dataset');
    const imported = await heddle('import', 'mine', join(folder, 'a.csv'), '--split', 'test', '--json');
    expect(JSON.parse(imported.stdout)).toMatchObject({ version: 1, rows: 2, added: 2 });
    expect((await heddle('list')).stdout).toMatch(/id .*name .*rows[^]*mine/);
    const shown = await heddle('show', 'mine');
    expect(shown.stdout).toContain('0 duplicates, 0 inputs in several splits');
    expect(shown.stdout).toContain('"expected":"two"');
    const samples = await heddle('export', 'mine', '--format', 'openai');
    expect(
      samples.stdout
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { ideal: string }).ideal),
    ).toEqual(['one', 'two']);
    expect((await heddle('remove', 'mine')).stdout).toContain('mine is removed');
    expect((await heddle('show', 'mine')).result).toBe(1);
  });

  it('lists rows that wait for a review, and accepts and rejects them', async () => {
    const lines = ['one', 'two'].map((id) => JSON.stringify({ id, inputs: { q: id }, expected: id, unreviewed: true }));
    writeFileSync(join(folder, 'written.jsonl'), `${lines.join('\n')}\n`);
    await heddle('import', 'mine', join(folder, 'written.jsonl'));
    expect((await heddle('review', 'mine')).stdout).toMatch(/one .*\n?[^]*two/);
    expect((await heddle('review', 'mine', 'one')).result).toBe(2);
    expect((await heddle('review', 'mine', 'one', '--accept')).stdout).toContain('row one is accepted in version 2');
    expect((await heddle('review', 'mine', 'one', '--accept')).result).toBe(1);
    expect((await heddle('review', 'mine', 'two', '--reject')).stdout).toContain('rejected');
    expect((await heddle('review', 'mine')).stdout).toContain('No row waits');
    const asked = ['questions', 'mine', '--collection', 'none', '--model', 'smollm2-135m'];
    expect((await heddle(...asked, '--kind', 'odd')).stderr).toContain('--kind is one of');
    expect((await heddle(...asked)).stderr).toContain('none');
  });

  it('names bad lines, and creates no dataset from a file that does not fit or does not exist', async () => {
    const refused = await heddle('import', 'mine', join(folder, 'bad.jsonl'));
    expect(refused.result).toBe(1);
    expect(refused.stderr).toContain('Line 2: inputs');
    expect((await heddle('import', 'mine', join(folder, 'none.jsonl'))).result).not.toBe(0);
    expect((await heddle('list')).stdout).toContain('no dataset');
  });
});

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

  it('names bad lines, and makes no dataset of a file that does not fit or is not there', async () => {
    const refused = await heddle('import', 'mine', join(folder, 'bad.jsonl'));
    expect(refused.result).toBe(1);
    expect(refused.stderr).toContain('Line 2: inputs');
    expect((await heddle('import', 'mine', join(folder, 'none.jsonl'))).result).not.toBe(0);
    expect((await heddle('list')).stdout).toContain('no dataset');
  });
});

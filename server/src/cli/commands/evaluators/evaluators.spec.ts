import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureOutput } from '../../../testing/capture-output.js';
import { runCommandLine } from '../../run-command-line.js';

describe('heddle evaluators', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-evaluators-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const heddle = (...args: readonly string[]) =>
    captureOutput(() => runCommandLine(['--data', join(folder, 'data'), 'evaluators', ...args]));

  it('lists kinds and presets', async () => {
    const { stdout } = await heddle('list');
    expect(stdout).toMatch(/groundedness .*passages/);
    expect(stdout).toContain('classification: exact, latency, cost');
    expect((await heddle('calibrations')).stdout).toContain('No judge');
  });

  it('judges an answer by kinds and by a file of evaluators', async () => {
    const file = join(folder, 'setup.json');
    writeFileSync(file, JSON.stringify([{ kind: 'regex', name: 'year', config: { pattern: '\\d{4}' } }]));
    const found = await heddle(
      'try',
      'exact',
      '--answer',
      'In 1999',
      '--expected',
      'in 1999',
      '--setup',
      file,
      '--json',
    );
    expect(found.result).toBe(0);
    expect(JSON.parse(found.stdout)).toMatchObject({
      evaluations: [
        { metric: 'exact', value: 0 },
        { metric: 'year', value: 1 },
      ],
    });
  });

  it('exits with 1 when there is no value, and names what it does not understand', async () => {
    const missing = await heddle('try', 'exact', '--answer', 'x');
    expect(missing.result).toBe(1);
    expect(missing.stdout).toContain('(evaluation_no_expected)');
    expect((await heddle('try', 'exact')).stderr).toContain('--answer');
    expect((await heddle('try', 'nope', '--answer', 'x')).stderr).toContain("There is no kind 'nope'");
    expect((await heddle('try', '--answer', 'x', '--setup', join(folder, 'none.json'))).result).not.toBe(0);
    expect((await heddle('try', 'exact', '--run', 'none')).stderr).toContain('none');
  });
});

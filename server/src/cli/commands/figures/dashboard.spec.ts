import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureOutput } from '../../../testing/capture-output.js';
import { startOfPeriod } from './dashboard.js';
import { runCommandLine } from '../../run-command-line.js';

const document = {
  heddle: 2,
  name: '=Echo',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'question', type: 'Text' }] } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [{ from: 'question.question', to: 'reply.answer' }],
};

describe('heddle dashboard', () => {
  let folder: string;
  const heddle = (...args: readonly string[]) =>
    captureOutput(() => runCommandLine(['--data', join(folder, 'data'), ...args]));
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-dashboard-'));
    writeFileSync(join(folder, 'echo.json'), JSON.stringify(document));
    for (const question of ['one', 'two'])
      expect((await heddle('run', join(folder, 'echo.json'), '--input', `question=${question}`)).result).toBe(0);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('counts runs without a server', async () => {
    const { stdout } = await heddle('dashboard', '--since', '7d', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ totals: { runs: 2, failed: 0 }, behindMs: 0, errors: [] });
    expect((await heddle('dashboard', '--by', 'status')).stdout).toMatch(/runs +2 +0[^]*status[^]*done +2/);
  });

  it('prints a table as CSV', async () => {
    const { stdout } = await heddle('dashboard', '--csv', 'status');
    expect(stdout.split('\r\n')[1]).toMatch(/^done,,2,0,/);
  });

  it('refuses an invalid time', async () => {
    expect((await heddle('dashboard', '--since', 'soon')).result).toBe(2);
    expect((await heddle('dashboard', '--by', 'mood')).result).toBe(2);
    expect([startOfPeriod('90m', 1e9), startOfPeriod('2w', 2e12), startOfPeriod('2026-01-01', 0)]).toEqual([
      1e9 - 5_400_000,
      2e12 - 14 * 86_400_000,
      Date.parse('2026-01-01'),
    ]);
  });
});

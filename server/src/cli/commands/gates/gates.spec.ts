import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureOutput } from '../../../testing/capture-output.js';
import { echoDocument } from '../../../testing/echo-document.js';
import { runCommandLine } from '../../run-command-line.js';
import { figureText } from './gate-lines.js';

describe('heddle gate', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-gate-'));
  });
  afterEach(() => {
    process.exitCode = undefined;
    rmSync(folder, { recursive: true, force: true });
  });
  const heddle = async (...args: readonly string[]) => {
    process.exitCode = undefined;
    return captureOutput(() => runCommandLine(['--data', join(folder, 'data'), ...args]));
  };
  const file = (name: string, value: unknown): string => {
    writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
    return join(folder, name);
  };

  it('runs the rules, writes JUnit, and exits with 1 when the draft fails, which publishing then refuses', async () => {
    await heddle('import', file('echo.json', echoDocument()), '--slug', 'echo');
    expect((await heddle('gate', 'echo')).stdout).toContain('No rule of the gate applies to this workflow.');
    await heddle('gates', 'set', file('gate.json', [{ kind: 'tests', id: 'tests', title: 'Has <tests>' }]));
    expect((await heddle('gates', 'list')).stdout).toMatch(/tests +tests +every workflow +Has <tests>/);

    const junit = join(folder, 'gate.xml');
    const failed = await heddle('gate', 'echo', '--junit', junit);
    expect([failed.result, failed.stdout.includes('✗ Tests: 0, wanted at least 1')]).toEqual([1, true]);
    expect(readFileSync(junit, 'utf8')).toContain('name="Has &lt;tests&gt;"');
    expect(readFileSync(junit, 'utf8')).toContain('failures="1"');
    const refused = await heddle('publish', 'echo', '--accept-data-map');
    expect([refused.result, refused.stdout.includes('Has <tests>: failed')]).toEqual([1, true]);

    const past = await heddle('publish', 'echo', '--accept-data-map', '--override-gate', 'It mends the shop.');
    expect([past.result, past.stdout]).toEqual([0, expect.stringContaining('version 1')]);
    expect((await heddle('versions', 'echo')).stdout).toContain('overridden');
    await heddle('gates', 'set', file('none.json', { rules: [] }));
    const passed = await heddle('gate', 'echo', '--json');
    expect([passed.result, JSON.parse(passed.stdout)]).toMatchObject([0, { isPassed: true, rules: [] }]);
  }, 180_000);

  it('accepts the rules in the form that it prints, and names what is wrong with a file', async () => {
    const { stdout } = await heddle('gates', 'list', '--json');
    expect((await heddle('gates', 'set', file('same.json', stdout))).stdout).toContain('0 rules');
    expect((await heddle('gates', 'set', join(folder, 'nothing.json'))).stderr).toContain('file_unreadable');
    expect((await heddle('gates', 'set', file('bad.json', [{ kind: 'none' }]))).stderr).toContain('is not valid');
    expect((await heddle('gates', 'set', file('empty.json', 'null'))).result).toBe(2);
  }, 180_000);

  it('prints figures with their units', () => {
    const figure = { title: 'Cost', wanted: 0.02, side: 'at-most', isPassed: false } as const;
    expect(figureText({ ...figure, unit: 'USD', value: 0.031 })).toBe('Cost: $0.031, wanted at most $0.02');
    expect(figureText({ ...figure, unit: 'share', note: 'Why.' })).toBe('Cost: no value, wanted at most 2 %. Why.');
  });
});

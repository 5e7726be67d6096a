import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureOutput } from '../../testing/capture-output.js';
import { echoDocument } from '../../testing/echo-document.js';
import { runCommandLine } from '../run-command-line.js';

describe('heddle training', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-training-'));
    writeFileSync(join(folder, 'echo.json'), JSON.stringify(echoDocument()));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const heddle = (...args: readonly string[]) =>
    captureOutput(() => runCommandLine(['--data', join(folder, 'data'), ...args]));

  it('shows and changes consent, and writes a file with its data card', async () => {
    await heddle('import', join(folder, 'echo.json'));
    expect((await heddle('training', 'consent', 'echo')).stdout).toContain('Callers: no consent');
    expect((await heddle('training', 'consent', 'echo', '--give')).stdout).toMatch(/consent since \d{4}/);
    const out = join(folder, 'set');
    const made = await heddle('training', 'export', 'echo', '--format', 'messages', '--out', out, '--json');
    const content = readFileSync(join(out, 'messages.jsonl'), 'utf8');
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(JSON.parse(made.stdout)).toMatchObject({ format: 'messages', examples: 0, sha256 });
    expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain(sha256);
    expect((await heddle('training', 'consent', 'echo', '--withdraw', '--json')).stdout).toContain('"shares": {}');
  });

  it('refuses unknown values', async () => {
    expect((await heddle('training', 'export', 'none', '--out', folder)).result).not.toBe(0);
    expect((await heddle('training', 'export', 'echo', '--format', 'csv')).result).not.toBe(0);
    expect((await heddle('training', 'consent', 'echo', '--share', 's')).stderr).toContain('--give or --withdraw');
    expect((await heddle('training', 'consent', 'echo', '--give', '--withdraw')).result).not.toBe(0);
  });
});

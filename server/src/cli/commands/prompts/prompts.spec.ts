import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureOutput } from '../../../testing/capture-output.js';
import { runCommandLine } from '../../run-command-line.js';

describe('heddle prompts', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-prompts-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const heddle = (...args: readonly string[]) =>
    captureOutput(() => runCommandLine(['--data', join(folder, 'data'), 'prompts', ...args]));
  function file(name: string, text: string): string {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  }

  it('saves, shows, compares, labels and removes a prompt by its name', async () => {
    expect((await heddle('list')).stdout).toContain('no prompt');
    await heddle(
      'save',
      'greeting',
      file('a.txt', 'Hello {{ name }}\n'),
      '--title',
      'Greeting',
      '--label',
      'production',
    );
    const saved = await heddle('save', 'greeting', file('b.txt', 'Dear {{ name }}'), '--note', 'kinder', '--json');
    expect(JSON.parse(saved.stdout)).toEqual({ name: 'greeting', version: 2, isNew: true });
    expect((await heddle('list')).stdout).toMatch(/greeting +Greeting +text +2 +production=1/);
    expect((await heddle('diff', 'greeting')).stdout).toContain('[-Hello -]{+Dear +}{{ name }}');
    expect((await heddle('show', 'greeting', '--of', 'production')).stdout).toContain('Hello {{ name }}');
    expect((await heddle('show', 'greeting', '--of', 'constructor')).stderr).toContain("no label 'constructor'");
    expect((await heddle('label', 'greeting', 'production', '2')).stdout).toContain('production=2');
    expect((await heddle('label', 'greeting', 'production', '--remove')).stdout).toContain('no labels');
    const late = await heddle('save', 'greeting', file('c.txt', 'Hi'), '--base', '1');
    expect(late.stderr).toContain('has version 2 now');
    expect((await heddle('remove', 'greeting')).stdout).toContain('greeting is removed');
    expect((await heddle('show', 'greeting')).result).toBe(1);
  });

  it('writes files that can be read back unchanged', async () => {
    const messages = [
      { role: 'system', content: 'You are brief.\nAlways.' },
      { role: 'user', content: '{{ question }}' },
    ];
    await heddle('save', 'ask', file('ask.json', JSON.stringify(messages)));
    await heddle('save', 'greeting', file('a.txt', 'Hello'));
    const out = join(folder, 'prompts');
    await heddle('export', '--all', '--out', out);
    expect(readFileSync(join(out, 'ask.json'), 'utf8')).toContain('"Always."');
    const again = await heddle('import', join(out, 'ask.json'), join(out, 'greeting.json'));
    expect(again.stdout).toBe('ask: version 1 says this already.\ngreeting: version 1 says this already.\n');
    await heddle('remove', 'ask');
    await heddle('import', join(out, 'ask.json'), '--label', 'production');
    const shown = JSON.parse((await heddle('show', 'ask', '--json')).stdout) as { newest: unknown; labels: unknown };
    expect(shown).toMatchObject({ labels: { production: 1 }, newest: { content: { kind: 'chat', messages } } });
  });

  it('names the invalid file, and saves none of the others', async () => {
    const good = file('good.json', '{"prompt":"good","kind":"text","text":["Hi"]}');
    for (const bad of [
      '{',
      '[]',
      '{"prompt":"Bad name","kind":"text","text":""}',
      '{"prompt":"bad","kind":"text","text":"{{"}',
    ]) {
      const refused = await heddle('import', good, file('bad.json', bad));
      expect(refused.result).not.toBe(0);
      expect(refused.stderr).toContain('bad.json');
    }
    expect((await heddle('save', 'x', join(folder, 'none.txt'))).stderr).toContain('no file');
    expect((await heddle('export')).result).toBe(2);
    expect((await heddle('list')).stdout).toContain('no prompt');
  });
});

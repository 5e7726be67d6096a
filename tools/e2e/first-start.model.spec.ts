import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { isLong } from '@heddle/core/testing';
import { spawn } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cleanUp, collect, root, temporaryFolder } from './built-program.js';
import { eventually } from './eventually.js';
import { sample } from './handbook.js';
import { missingModels } from './starter-models.js';

jest.setTimeout(180_000);
afterAll(cleanUp);

const missing = await missingModels();
const suite = missing === undefined ? describe : describe.skip;

/**
 * The samples. `npm test` uses only the chapter of the handbook that answers the question, because importing all of it takes half a minute.
 */
function samples(): string {
  const folder = temporaryFolder();
  const parts = isLong ? [''] : ['workflow.json', 'tests.jsonl', 'README.md', join('handbook', 'people')];
  for (const part of parts) cpSync(join(sample, part), join(folder, 'ask-the-handbook', part), { recursive: true });
  return folder;
}

suite(`the first start${missing === undefined ? '' : ` (skipped: ${missing})`}`, () => {
  it('loads the samples, answers a question with its source, and serves', async () => {
    const from = (file: string) => JSON.stringify(pathToFileURL(join(root, 'tools', file)).href);
    const script = `
      const { createProgress } = await import(${from('bootstrap/progress.mjs')});
      const { startHeddle } = await import(${from('first-run/start-heddle.mjs')});
      await startHeddle(createProgress(), { environment: {}, withSamples: true, samples: ${JSON.stringify(samples())} });`;
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
      env: { ...process.env, HEDDLE_DATA: join(temporaryFolder(), 'data'), PORT: '0', NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    let isOver = false;
    void ended.then(() => (isOver = true));
    const address = await eventually(
      'address of the server',
      () => {
        if (isOver) throw new Error(`It ended: ${stderr()}`);
        return /Heddle is at (http:\S+)/.exec(stdout())?.[1];
      },
      150_000,
    );
    expect(stderr()).toMatch(/sample documents, \d+ passages/);
    expect(stdout()).toMatch(/\[1\] people\/expenses\.md, .*48 euros/);
    const reply = await fetch(`${address}/api/workflows`);
    const { workflows } = (await reply.json()) as { workflows: { slug: string }[] };
    expect(workflows.map(({ slug }) => slug)).toEqual(['ask-the-handbook']);
    const tests = await fetch(`${address}/api/workflows/ask-the-handbook/tests`);
    expect(await tests.text()).toContain('says the payday with its source');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { captureOutput } from '../../../testing/capture-output.js';
import { echoDocument } from '../../../testing/echo-document.js';
import { junitXml } from './junit.js';
import { runCommandLine } from '../../run-command-line.js';

describe('heddle replay', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'heddle-replay-'));
  });
  afterEach(() => {
    process.exitCode = undefined;
    rmSync(folder, { recursive: true, force: true });
  });
  const heddle = (...args: readonly string[]) =>
    captureOutput(() => runCommandLine(['--data', join(folder, 'data'), ...args]));
  const store = async (document: object): Promise<void> => {
    writeFileSync(join(folder, 'echo.json'), JSON.stringify(document));
    await heddle('import', join(folder, 'echo.json'), '--slug', 'echo');
  };

  it('replays recorded runs, prints what changed, writes JUnit, and exits by whether the draft passes', async () => {
    const document = echoDocument();
    await store(document);
    for (const word of ['one', 'two']) await heddle('run', 'echo', '--input', `question=${word}`);
    const same = await heddle('replay', 'echo', '--since', '1d');
    expect(same.stdout).toContain('2 runs, 2 the same');
    expect(same.stdout).toContain('Effects: 0 sent');
    expect([same.stdout.includes('✓ passed'), same.result]).toEqual([true, 0]);
    const template = Object.entries(document.nodes).find(([, { type }]) => type === 'prompt')?.[0] ?? '';
    const say = { ...document.nodes[template]!, config: { template: 'Changed: {{ question }}' } };
    await store({ ...document, nodes: { ...document.nodes, [template]: say } });
    const junit = join(folder, 'junit.xml');
    const changed = await heddle('replay', 'echo', '--max-changed', '0', '--junit', junit, '--json');
    expect(JSON.parse(changed.stdout)).toMatchObject({ rows: { changed: 2 }, effects: { sent: 0 } });
    expect(changed.result).toBe(1);
    expect(readFileSync(junit, 'utf8')).toContain('<testsuite name="replay of Echo" tests="3" failures="1"');
    expect((await heddle('replays')).stdout).toMatch(/Echo +done +2 +2 +0/);
  });

  it('names the values that an option accepts', async () => {
    await store(echoDocument());
    for (const [option, value] of [
      ['--since', 'soon'],
      ['--status', 'running'],
      ['--stub', 'shop'],
    ] as const)
      expect((await heddle('replay', 'echo', option, value)).stderr).toContain(`${option} takes`);
    expect((await heddle('replay', 'nothing')).result).toBe(1);
  });

  it('escapes any text in XML', () => {
    const xml = junitXml('a<b', [{ name: '"x" & \u0001y', ms: 5, failures: ['one\ntwo'] }]);
    expect(xml).toContain('classname="a&lt;b" name="&quot;x&quot; &amp; y" time="0.005"');
    expect(xml).toContain('<failure message="one&#10;two"/>');
  });
});

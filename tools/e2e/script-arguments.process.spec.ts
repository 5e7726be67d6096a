import { describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './built-program.js';

const run = (script: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [join(root, 'tools', script), ...args], { encoding: 'utf8', timeout: 30_000 });

describe.each([
  ['start.mjs', 'npm start -- [--port N]', /docs\/settings\.md/],
  ['bench.mjs', 'npm run bench -- [CASE…]', /^ {2}engine-chain +100 trivial nodes/m],
  ['compat.mjs', 'npm run test:compat -- [CASE…]', /^ {2}langchain +LangChain/m],
  ['chaos.mjs', 'npm run chaos -- [--kills N]', /the promises of docs\/durability\.md/],
  ['soak.mjs', 'npm run soak -- [--minutes N]', /must stay flat/],
])('%s', (script, usage, also) => {
  it.each(['--help', '-h'])('prints its usage with %s, and does nothing', (flag) => {
    const { status, stdout, stderr } = run(script, flag);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(usage);
    expect(stdout).toMatch(also);
  });

  it('refuses an unknown option before it does anything', () => {
    const { status, stdout, stderr } = run(script, '--jsn');
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^Unknown option '--jsn'\.\n/);
    expect(stderr).toContain(usage);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { processorMs } from '../child/processor-time.js';
import { ChildSandbox } from './child-sandbox.js';

const onLinux = process.platform === 'linux' ? it : it.skip;

const count = 2_000_000;
/** Takes about a tenth of a second. */
const counting = `let i = 0; while (i < ${count}) i += 1; return i;`;

/** The child processes of this process. */
const children = (): readonly number[] =>
  readdirSync(`/proc/${process.pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${process.pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );

describe('code on a full machine', () => {
  let sandbox: ChildSandbox;
  beforeEach(async () => {
    sandbox = new ChildSandbox({ graceMs: 100 });
    expect(await sandbox.run('return 1', null)).toBe(1);
  });
  afterEach(() => sandbox.close());

  /** Starts to count, and returns the child process once it uses CPU time. */
  async function begin(
    code: string,
    timeoutMs: number,
  ): Promise<{ readonly child: number; readonly result: Promise<unknown> }> {
    const [child = 0] = children();
    const before = (await processorMs(child)) ?? 0;
    const result = sandbox.run(code, null, { timeoutMs });
    result.catch(() => undefined);
    while (((await processorMs(child)) ?? 0) < before + 20) await sleep(1);
    return { child, result };
  }

  onLinux('is waited for while it does not get the processor', async () => {
    const { child, result } = await begin(counting, 1_000);
    process.kill(child, 'SIGSTOP');
    await sleep(1_300);
    process.kill(child, 'SIGCONT');
    expect(await result).toBe(count);
    expect(children()).toEqual([child]);
  });

  onLinux('is not waited for without an end', async () => {
    const { child, result } = await begin('for (;;) {}', 200);
    process.kill(child, 'SIGSTOP');
    await expect(result).rejects.toMatchObject({ code: 'code_timeout', details: { isHung: true } });
    expect(await sandbox.run('return 3', null)).toBe(3);
  });

  onLinux('is heard where its answer came while this process was held up', async () => {
    const { result } = await begin(counting, 1_000);
    const end = performance.now() + 1_500;
    while (performance.now() < end);
    expect(await result).toBe(count);
  });
});

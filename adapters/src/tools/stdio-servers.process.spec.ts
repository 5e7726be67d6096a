import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { openHost } from './__fixtures__/open-host.js';

const bad = fileURLToPath(new URL('./__fixtures__/bad-server.mjs', import.meta.url));
const until = async (isTrue: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await isTrue())) await new Promise((resolve) => setTimeout(resolve, 10));
};
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('commands as tool servers', () => {
  let host: ReturnType<typeof openHost>;
  beforeEach(() => {
    host = openHost({ secrets: { token: 'canary-77c1e9d2' } });
  });
  afterEach(() => host.close());
  const register = (how: string, note = '', more: object = {}) =>
    host.register({
      id: 'bad',
      transport: {
        kind: 'stdio',
        command: process.execPath,
        args: [bad, how, note],
        environment: [
          { name: 'PLAIN', value: 'set here' },
          { name: 'TOKEN', secret: 'token' },
        ],
      },
      ...more,
    });

  it('get their own environment: their settings, and no secret of Heddle', async () => {
    process.env['HEDDLE_SECRET_OTHER'] = 'canary-of-another';
    await register('works');
    await host.approveAll('bad');
    const { text } = await host.call('bad__environment');
    delete process.env['HEDDLE_SECRET_OTHER'];
    expect(JSON.parse(text)).toMatchObject({ PLAIN: 'set here', TOKEN: '[key]' });
    expect(text).not.toContain('canary');
    expect(Object.keys(JSON.parse(text) as object)).not.toContain('HOME');
  });

  it('are started again after they died in a call, which fails and is reported with the name of the server', async () => {
    await register('works');
    await host.approveAll('bad');
    await expect(host.call('bad__die')).rejects.toMatchObject({ code: 'mcp_unreachable', retryable: false });
    expect((await host.call('bad__environment')).text).toContain('set here');
    expect(host.problems).toEqual([expect.stringContaining("The tool server 'bad' ended.")]);
  });

  it('wait longer for a restart the more often they fail', async () => {
    await register('works');
    await host.approveAll('bad');
    await expect(host.call('bad__die')).rejects.toMatchObject({ code: 'mcp_unreachable' });
    await expect(host.call('bad__die')).rejects.toMatchObject({ code: 'mcp_unreachable' });
    expect(host.host.activity('bad')).toMatchObject({ state: 'waiting', retryAt: expect.any(Number) });
    await expect(host.call('bad__environment')).rejects.toThrow('is tried again in');
    await host.host.refresh('bad');
    expect((await host.call('bad__environment')).text).toContain('set here');
  });

  it.each(['id-first', 'id-last'])('continue after a result of 50 MB (%s), which is refused', async (note) => {
    await register('works', note);
    await host.approveAll('bad');
    await expect(host.call('bad__huge')).rejects.toMatchObject({ code: 'tool_result_too_large' });
    expect((await host.call('bad__environment')).text).toContain('set here');
    expect(host.problems).toEqual([]);
  });

  it('may print other text to their output', async () => {
    await register('noise');
    await host.approveAll('bad');
    expect((await host.call('bad__environment')).text).toContain('set here');
  });

  it('report why they cannot start, without their secrets', async () => {
    await register('never-starts');
    const test = await host.host.test('bad');
    expect(test).toMatchObject({ isReachable: false, code: 'mcp_unreachable' });
    expect(test.message).toContain('No configuration found, the token is [key]');
    await host.register({ id: 'none', transport: { kind: 'stdio', command: '/nowhere/at-all' } });
    expect((await host.host.test('none')).message).toContain('/nowhere/at-all');
  });

  it('lose the approval of tools that they report as changed', async () => {
    await register('changes');
    await host.host.list(['bad']);
    await until(async () => (await host.tools('bad')).length === 5);
    for (const { name } of await host.tools('bad')) await host.approve(name);
    await host.call('bad__change');
    await until(async () => (await host.tool('bad__environment')).standing === 'changed');
    await expect(host.call('bad__environment')).rejects.toMatchObject({ code: 'tool_changed' });
  });

  it('end with all processes that they started, even unwilling ones', async () => {
    await register('children');
    await host.approveAll('bad');
    const child = Number((JSON.parse((await host.call('bad__environment')).text) as { CHILD: string }).CHILD);
    expect(isAlive(child)).toBe(true);
    await host.host.forget('bad');
    await until(() => !isAlive(child));
  });

  it('are stopped after a time without calls, and started again', async () => {
    await register('works', '', { limits: { idleMinutes: 0.01 } });
    await host.approveAll('bad');
    expect(host.host.activity('bad').state).toBe('connected');
    await until(() => host.host.activity('bad').state === 'idle');
    expect((await host.call('bad__environment')).text).toContain('set here');
    expect(host.problems).toEqual([]);
  });

  it('are told to stop an aborted call and one after its time limit, which fail', async () => {
    await register('works');
    await host.approveAll('bad');
    const cancelled = async (): Promise<unknown> => {
      const { text } = await host.call('bad__environment');
      return (JSON.parse(text) as { CANCELLED?: string }).CANCELLED;
    };
    const stop = new AbortController();
    const onProgress = (): void => stop.abort(new Error('enough'));
    const call = host.call('bad__slow', {}, { signal: stop.signal, onProgress });
    await expect(call).rejects.toThrow('enough');
    expect(await cancelled()).toBe('slow');
    await expect(host.call('bad__slow', {}, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'tool_timeout' });
    expect(await cancelled()).toBe('slow slow');
  });
});

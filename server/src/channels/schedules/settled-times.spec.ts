import { HeddleError, type ErrorCode } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { TestServer } from '../../testing/test-server.js';
import { openPublished, until } from '../testing/open-published.js';

const noon = Date.UTC(2026, 2, 28, 12);
const minute = 60_000;

let server: TestServer;
afterEach(() => server.close());

async function open(config: object = {}) {
  const clock = createFakeClock(noon + 30_000);
  server = await openPublished({ clock });
  const { heddle } = server;
  const path = '/api/workflows/echo/schedules';
  const given = { name: 'Hourly', cron: '0 * * * *', inputs: { question: '{{ time }}' }, ...config };
  const { id } = (await server.call('POST', path, given)).body;
  heddle.channels.start();
  const check = async (): Promise<void> => {
    heddle.channels.schedules.check();
    await heddle.channels.schedules.idle;
  };
  const runs = async (): Promise<number> => (await heddle.runs.list({ trigger: ['schedule'] })).length;
  const arrivals = async (): Promise<unknown> => (await server.call('GET', `${path}/${id}/history`)).body.arrivals;
  /** The errors that the starts of runs throw, one after the other; with undefined, a run starts. */
  const failWith = (codes: (ErrorCode | undefined)[]): void => {
    const starts = heddle.publishing.runs;
    const start = starts.start.bind(starts);
    Object.assign(starts, {
      start: (...asked: Parameters<typeof start>) => {
        const code = codes.shift();
        return code === undefined ? start(...asked) : Promise.reject(new HeddleError(code, 'Not now.'));
      },
    });
  };
  const pass = async (milliseconds: number): Promise<void> => {
    await clock.advance(milliseconds);
    await heddle.channels.schedules.idle;
  };
  return { clock, heddle, pass, check, runs, arrivals, failWith };
}

describe('a time of a schedule', () => {
  it.each([
    'busy',
    'kill_switch',
    'shutting_down',
    'storage_full',
    'storage_locked',
    'storage_read_only',
    'storage_failed',
  ] as const)('that met %s is tried again soon, and reports no failure', async (code) => {
    const { pass, runs, arrivals, failWith } = await open();
    failWith([code, undefined]);
    await pass(59.5 * minute);
    const before = await runs();
    await pass(15_000);
    expect([before, await runs()]).toEqual([0, 1]);
    expect(await arrivals()).toMatchObject([{ runId: expect.any(String) }]);
  });

  it('that was refused is recorded as failed, and the next one runs on time', async () => {
    const { pass, runs, arrivals, failWith } = await open({ cron: '*/2 * * * *' });
    failWith(['forbidden', undefined]);
    await pass(2 * minute);
    expect(await runs()).toBe(0);
    expect(await arrivals()).toMatchObject([{ error: { code: 'forbidden' }, key: String(noon + 2 * minute) }]);
    await pass(2 * minute);
    expect(await runs()).toBe(1);
  });

  it('is kept when schedules with later times run', async () => {
    const daily = { name: 'Daily', cron: '0 0 * * *', inputs: { question: 'x' } };
    const { heddle, pass, runs } = await open({ ...daily });
    for (const given of [{ ...daily, cron: '*/2 * * * *' }, daily])
      await server.call('POST', '/api/workflows/echo/schedules', given);
    await heddle.channels.schedules.idle;
    await pass(2 * minute);
    expect(await runs()).toBe(1);
  });

  it('whose run is just starting is awaited when the schedules stop', async () => {
    const { heddle, clock } = await open();
    let accept = (): void => undefined;
    let isBegun = false;
    const started = new Promise<{ runId: string }>((resolve) => (accept = () => resolve({ runId: 'r' })));
    Object.assign(heddle.publishing.runs, {
      start: () => {
        isBegun = true;
        return started;
      },
    });
    await clock.advance(60 * minute);
    await until(() => (isBegun ? true : undefined));
    let isStopped = false;
    const stopping = heddle.channels.schedules.stop().then(() => (isStopped = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isStopped).toBe(false);
    accept();
    await stopping;
  });

  it('that was skipped stays skipped when the clock is set back to just before it', async () => {
    const { clock, check, runs } = await open({ catchUp: 'skip' });
    clock.jump(noon + 65 * minute);
    await check();
    clock.jump(noon + 60.5 * minute);
    await check();
    expect(await runs()).toBe(0);
  });
});

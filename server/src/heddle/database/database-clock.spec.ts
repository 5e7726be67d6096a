import { describe, expect, it } from '@jest/globals';
import { DatabaseClock } from './database-clock.js';

const hour = 3_600_000;
const start = 1_800_000_000_000;

/** A machine and a database whose clocks a test sets; it also sets how long an answer of the database takes. */
async function open(wallAhead = 0) {
  const state = { elapsed: 0, wallAhead, databaseAhead: 0, answerMs: 0, isAway: false };
  const warnings: string[] = [];
  const steady = { now: () => state.elapsed, at: () => () => undefined };
  const base = { now: () => start + state.elapsed + state.wallAhead, at: () => () => undefined, steady };
  const run = <Row>(): Promise<readonly Row[]> => {
    if (state.isAway) return Promise.reject(new Error('away'));
    state.elapsed += state.answerMs / 2;
    const rows = [{ time: start + state.elapsed + state.databaseAhead }];
    state.elapsed += state.answerMs / 2;
    return Promise.resolve(rows as readonly unknown[] as readonly Row[]);
  };
  const log = { warn: (_: object, text?: string) => void warnings.push(text ?? '') };
  const clock = await DatabaseClock.open({ database: { run }, base, log });
  return { clock, state, warnings, now: () => start + state.elapsed };
}

describe('the clock of processes on one database', () => {
  it('is that of the machine while both agree, without jumps between answers', async () => {
    const { clock, state, now, warnings } = await open(700);
    state.answerMs = 40;
    for (let round = 0; round < 5; round += 1) {
      await clock.measure();
      expect(clock.now()).toBe(now() + 700);
      state.elapsed += 1_000;
    }
    expect(warnings).toEqual([]);
  });

  it.each([5 * hour, -400 * 24 * hour, 3_000])(
    'is that of the database when a machine is wrong by %d ms',
    async (ahead) => {
      const { clock, state, now, warnings } = await open(ahead);
      expect(clock.now()).toBe(now());
      state.elapsed += 12_345;
      expect(clock.now()).toBe(now());
      await clock.measure();
      expect(warnings).toEqual([expect.stringContaining('differs')]);
      state.wallAhead = 0;
      await clock.measure();
      expect(warnings).toHaveLength(2);
    },
  );

  it('is not affected when the clock of the machine is set between two answers of the database', async () => {
    const { clock, state, now } = await open();
    const before = clock.now();
    state.wallAhead = 30 * hour;
    expect(clock.now()).toBe(before);
    state.wallAhead = -30 * hour;
    state.elapsed += 50;
    expect(clock.now()).toBe(now());
  });

  it('follows a database whose clock is set', async () => {
    const { clock, state, now } = await open();
    state.databaseAhead = 2 * hour;
    await clock.measure();
    expect(clock.now()).toBe(now() + 2 * hour);
  });

  it('ignores an answer that took long, and goes on while the database is unavailable', async () => {
    const { clock, state, now } = await open(hour);
    state.databaseAhead = 5 * hour;
    state.answerMs = 8_000;
    await clock.measure();
    expect(clock.now()).toBe(now());
    state.isAway = true;
    await expect(clock.measure()).rejects.toThrow('away');
    expect(clock.now()).toBe(now());
  });

  it('does not jump back and forth with the duration of answers', async () => {
    const { clock, state, now } = await open(hour);
    state.answerMs = 300;
    state.databaseAhead = 100;
    await clock.measure();
    expect(clock.now()).toBe(now());
  });
});

import { describe, expect, it } from '@jest/globals';
import type { RunEvent } from '@heddle/core';
import { createPlayback } from './playback.js';
import { timeAt, writeScript } from './playback-script.js';

const runId = 'r';
const label = { level: 'internal' as const, marks: [] };
const at = { runId, path: 'a', attempt: 1 };
const events: readonly RunEvent[] = [
  { type: 'run-start', runId, seq: 1, time: 1000 },
  { type: 'node-start', ...at, seq: 2, time: 1000 },
  {
    type: 'node-end',
    ...at,
    seq: 3,
    time: 2000,
    started: 1000,
    outputs: { text: { value: 'abcdefghij', label } },
    usage: { inputTokens: 1, outputTokens: 10, firstTokenMs: 200, totalMs: 1000 },
  },
  { type: 'run-end', runId, seq: 4, time: 4100, status: 'done', outputs: {} },
];

function player(list: readonly RunEvent[]) {
  const frames: (() => void)[] = [];
  let now = 0;
  const playback = createPlayback(
    writeScript(runId, list),
    (callback) => void frames.push(callback),
    () => now,
  );
  const frame = (ms = 0): void => {
    now += ms;
    for (const callback of frames.splice(0)) callback();
  };
  frame();
  return { playback, frame, run: () => playback.store.getState().run };
}

describe('playback', () => {
  it('plays at the chosen speed, and stops at the end', () => {
    const { playback, frame, run } = player(events);
    playback.setSpeed(4);
    playback.play();
    frame(100);
    frame();
    expect(playback.store.getState().at).toBe(400);
    expect(run().execution('a')?.status).toBe('streaming');
    frame(1000);
    frame();
    expect(playback.store.getState()).toMatchObject({ at: 3100, isPlaying: false });
    expect(run().head().status).toBe('done');
  });

  it('shows a part of a text while its node runs, and less of it after going back', () => {
    const { playback, frame, run } = player(events);
    playback.seek(700);
    frame();
    const middle = run().execution('a')?.text['text'] ?? '';
    expect('abcdefghij'.startsWith(middle)).toBe(true);
    expect(middle.length).toBeGreaterThan(2);
    playback.seek(300);
    frame();
    expect((run().execution('a')?.text['text'] ?? '').length).toBeLessThan(middle.length);
    expect(run().head().status).toBe('running');
  });

  it('plays a run that ended within a millisecond one event after the other', () => {
    const quick = events.map((event) => ({ ...event, time: 1000 }));
    const { playback, frame, run } = player(quick);
    expect(playback.store.getState().length).toBe(3000);
    playback.seek(1000);
    frame();
    expect([run().execution('a')?.status, run().head().status]).toEqual(['running', 'running']);
    playback.seek(3000);
    frame();
    expect([run().execution('a')?.status, run().head().status]).toEqual(['done', 'done']);
    playback.seek(0);
    frame();
    expect(run().execution('a')).toBeUndefined();
  });

  it('shortens long waits, and never lets the time of the run go back', () => {
    const waiting: readonly RunEvent[] = [
      { type: 'run-start', runId, seq: 1, time: 0 },
      { type: 'node-start', ...at, seq: 2, time: 100 },
      { type: 'run-end', runId, seq: 3, time: 3_600_000, status: 'cancelled' },
    ];
    const script = writeScript(runId, waiting);
    expect(script.length).toBe(3000);
    const times = [0, 100, 500, 1000, 3000].map((moment) => timeAt(script, moment));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBe(3_600_000);
  });

  it('plays a very short run slowly enough to be seen', () => {
    const { playback, frame, run } = player([
      { type: 'run-start', runId, seq: 1, time: 0 },
      { type: 'node-start', ...at, seq: 2, time: 2 },
      { type: 'run-end', runId, seq: 3, time: 6, status: 'cancelled' },
    ]);
    expect(playback.store.getState().length).toBe(3000);
    playback.seek(1500);
    frame();
    expect(run().execution('a')?.status).toBe('running');
    expect(run().now()).toBe(3);
  });

  it('starts again after its end', () => {
    const { playback, frame } = player(events);
    playback.seek(5000);
    frame();
    playback.play();
    expect(playback.store.getState()).toMatchObject({ at: 0, isPlaying: true });
  });
});

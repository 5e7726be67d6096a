import { describe, expect, it } from '@jest/globals';
import { ApiError } from '../../data/http/http.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { createRunSession, type RunRequests } from './run-session.js';

function setup(requests: Partial<RunRequests> = {}) {
  const socket = createFakeSocket();
  socket.connect();
  const cancelled: string[] = [];
  const session = createRunSession(
    { startRun: async () => ({ runId: 'r1' }), cancelRun: async (runId) => void cancelled.push(runId), ...requests },
    createLiveClient(socket),
    (callback) => callback(),
  );
  return { session, socket, cancelled };
}

describe('run session', () => {
  it('starts a run and watches it from its first event', async () => {
    const { session, socket } = setup();
    expect(await session.start('w', { question: 'why' })).toBe('r1');
    expect(socket.requests).toEqual([{ topic: 'run:r1', after: 0 }]);
    socket.send('run:r1', [{ type: 'run-start', runId: 'r1', seq: 1, time: 1 }]);
    expect(session.store.getState().run?.head().status).toBe('running');
  });

  it('keeps the error of a refused start, and shows no run', async () => {
    const busy = new ApiError('busy', 'The queue is full: try again in 2 s.', 503);
    const { session } = setup({ startRun: () => Promise.reject(busy) });
    expect(await session.start('w', {})).toBeUndefined();
    expect(session.store.getState()).toMatchObject({ run: undefined, isStarting: false, error: busy });
  });

  it('starts once, however often it is called before the first start has ended', async () => {
    let starts = 0;
    const { session } = setup({ startRun: async () => ({ runId: `r${(starts += 1)}` }) });
    const [first, second] = await Promise.all([session.start('w', {}), session.start('w', {})]);
    expect([first, second, starts]).toEqual(['r1', undefined, 1]);
  });

  it('leaves the old run when another one is opened, and does nothing when the same one is opened', () => {
    const { session, socket } = setup();
    session.open('a');
    session.open('a');
    session.open('b');
    expect(socket.requests.map(({ topic }) => topic)).toEqual(['run:a', 'run:b']);
    expect(socket.left).toEqual(['run:a']);
  });

  it('stops an active run, and not one that ended', async () => {
    const { session, socket, cancelled } = setup();
    session.open('a');
    await session.stop();
    socket.send('run:a', [{ type: 'run-end', runId: 'a', seq: 1, time: 1, status: 'cancelled' }]);
    await session.stop();
    expect(cancelled).toEqual(['a']);
  });

  it('says why a run cannot be watched', () => {
    const { session, socket } = setup();
    session.open('gone');
    socket.answer({ ok: false, error: { code: 'run_not_found', message: 'There is no run gone.' } });
    expect(session.store.getState().error).toMatchObject({ code: 'run_not_found' });
  });
});

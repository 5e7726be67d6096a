import { describe, expect, it } from '@jest/globals';
import { BackgroundWork } from './background-work.js';

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));

describe('work in the background', () => {
  it('goes on until it is stopped, and runs once however often it is started', async () => {
    const background = new BackgroundWork();
    let begun = 0;
    let ended = 0;
    const work = async (signal: AbortSignal): Promise<void> => {
      begun += 1;
      await untilAborted(signal);
      ended += 1;
    };
    background.start(work);
    background.start(work);
    expect([begun, ended, background.isStarted]).toEqual([1, 0, true]);
    await background.stop();
    expect([begun, ended, background.isStarted]).toEqual([1, 1, false]);
  });

  it('has the reason of the stop in its signal, and a new signal after another start', async () => {
    const background = new BackgroundWork();
    const reason = new Error('The server stops.');
    background.start(untilAborted);
    const first = background.signal;
    const stopping = background.stop(reason);
    expect(first.reason).toBe(reason);
    await stopping;
    background.start(untilAborted);
    expect(background.signal.aborted).toBe(false);
    await background.stop();
  });

  it('can be stopped before it was started', async () => {
    const background = new BackgroundWork();
    expect(background.signal.aborted).toBe(false);
    await background.stop();
    expect(background.isStarted).toBe(false);
  });
});

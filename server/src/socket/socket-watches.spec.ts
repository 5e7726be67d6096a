import { describe, expect, it } from '@jest/globals';
import { SocketWatches } from './socket-watches.js';

/** Watches that note which of them are open. */
function createCounter() {
  const open = new Set<number>();
  let next = 0;
  const begin = async () => {
    const mine = (next += 1);
    await new Promise((resolve) => setTimeout(resolve, 2));
    open.add(mine);
    return () => void open.delete(mine);
  };
  return { open, begin };
}

describe('SocketWatches', () => {
  it('keeps one watch per topic, however fast requests follow each other', async () => {
    const { open, begin } = createCounter();
    const watches = new SocketWatches();
    await Promise.all([
      watches.add('runs', begin),
      watches.add('runs', begin),
      watches.add('jobs', begin),
      watches.add('runs', begin),
    ]);
    expect([...open]).toEqual([3, 4]);
    await Promise.all([watches.add('models', begin), watches.remove('models'), watches.remove('runs')]);
    expect([...open]).toEqual([3]);
  });

  it('ends every watch when the socket closes, even one that is just starting', async () => {
    const { open, begin } = createCounter();
    const watches = new SocketWatches();
    await watches.add('runs', begin);
    const late = watches.add('jobs', begin);
    watches.close();
    await late;
    expect([...open]).toEqual([]);
  });

  it('removes watches that ended by themselves, and limits the number of the others', async () => {
    const watches = new SocketWatches();
    for (let index = 0; index < 300; index += 1) {
      await watches.add(`run:${index}`, async (onEnd) => {
        onEnd();
        return () => undefined;
      });
    }
    expect(watches.size).toBe(0);
    for (let index = 0; index < 200; index += 1) await watches.add(`run:${index}`, async () => () => undefined);
    await expect(watches.add('run:200', async () => () => undefined)).rejects.toMatchObject({
      code: 'too_many_requests',
    });
    await expect(watches.add('run:7', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone');
    await watches.add('run:200', async () => () => undefined);
  });
});

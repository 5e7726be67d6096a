import { expect, it } from '@jest/globals';
import { inSlices, yieldToEventLoop } from './in-slices.js';

function* work(pieces: number, did: (piece: number) => void): Generator<void, string, void> {
  for (let piece = 0; piece < pieces; piece += 1) {
    did(piece);
    yield;
  }
  return 'done';
}

it('lets other work run between the slices of long work', async () => {
  const order: string[] = [];
  const long = inSlices(work(3, (piece) => order.push(`piece ${piece}`)));
  setImmediate(() => order.push('other'));
  expect(await long).toBe('done');
  expect(order.indexOf('other')).toBeLessThan(order.indexOf('piece 2'));
});

it('runs one slice per tick, for any amount of long work', async () => {
  let inThisTick = 0;
  let most = 0;
  const count = (): void => {
    inThisTick += 1;
    most = Math.max(most, inThisTick);
  };
  let isOver = false;
  const begin = (): void => {
    inThisTick = 0;
    if (!isOver) setImmediate(begin);
  };
  begin();
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      await yieldToEventLoop();
      await inSlices(work(5, count));
    }),
  );
  isOver = true;
  expect(most).toBe(1);
});

it('passes on what the work throws, and continues with other work', async () => {
  const broken = inSlices(
    (function* (): Generator<void, never, void> {
      yield;
      throw new Error('broken');
    })(),
  );
  await expect(broken).rejects.toThrow('broken');
  expect(await inSlices(work(2, () => undefined))).toBe('done');
});

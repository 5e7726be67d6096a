import { expect, it } from '@jest/globals';
import { inTurns, nextTurn } from './in-turns.js';

function* work(pieces: number, did: (piece: number) => void): Generator<void, string, void> {
  for (let piece = 0; piece < pieces; piece += 1) {
    did(piece);
    yield;
  }
  return 'done';
}

it('lets others have their turn between the pieces of a long work', async () => {
  const order: string[] = [];
  const long = inTurns(work(3, (piece) => order.push(`piece ${piece}`)));
  setImmediate(() => order.push('other'));
  expect(await long).toBe('done');
  expect(order.indexOf('other')).toBeLessThan(order.indexOf('piece 2'));
});

it('does one piece a turn, however many have long work', async () => {
  let inThisTurn = 0;
  let most = 0;
  const count = (): void => {
    inThisTurn += 1;
    most = Math.max(most, inThisTurn);
  };
  let isOver = false;
  const begin = (): void => {
    inThisTurn = 0;
    if (!isOver) setImmediate(begin);
  };
  begin();
  await Promise.all(
    Array.from({ length: 50 }, async () => {
      await nextTurn();
      await inTurns(work(5, count));
    }),
  );
  isOver = true;
  expect(most).toBeLessThanOrEqual(2);
});

it('hands on what the work throws, and goes on with others', async () => {
  const broken = inTurns(
    (function* (): Generator<void, never, void> {
      yield;
      throw new Error('broken');
    })(),
  );
  await expect(broken).rejects.toThrow('broken');
  expect(await inTurns(work(2, () => undefined))).toBe('done');
});

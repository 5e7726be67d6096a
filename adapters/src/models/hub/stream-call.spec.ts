import { expect, it } from '@jest/globals';
import { streamCall } from './stream-call.js';

const asText = (event: unknown): string => String(event);

it('returns events as they come, and then the result of the call', async () => {
  const stream = streamCall(
    async (onEvent) => {
      onEvent('a');
      await Promise.resolve();
      onEvent('b');
      return 'end';
    },
    asText,
    new AbortController().signal,
  );
  const seen: unknown[] = [];
  for (let next = await stream.next(); ; next = await stream.next()) {
    seen.push(next.value);
    if (next.done === true) break;
  }
  expect(seen).toEqual(['a', 'b', 'end']);
});

it('passes the signal to the call, and fails as the call does', async () => {
  const stop = new AbortController();
  const stream = streamCall(
    (onEvent, signal) => {
      onEvent('a');
      return new Promise<string>((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('stopped'))),
      );
    },
    asText,
    stop.signal,
  );
  expect((await stream.next()).value).toBe('a');
  const waiting = stream.next();
  stop.abort();
  await expect(waiting).rejects.toThrow('stopped');
});

it('waits for the end of the call when its reader stops reading', async () => {
  let finish: (value: string) => void = () => undefined;
  const stream = streamCall(
    (onEvent) => {
      onEvent('a');
      return new Promise<string>((resolve) => (finish = resolve));
    },
    asText,
    new AbortController().signal,
  );
  await stream.next();
  let hasLeft = false;
  const left = stream.return('').then(() => (hasLeft = true));
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(hasLeft).toBe(false);
  finish('end');
  await left;
});

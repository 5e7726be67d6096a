import { expect, it } from '@jest/globals';
import { streamCall } from './stream-call.js';

const never = new Promise<never>(() => undefined);
const asText = (event: unknown): string => String(event);

it('gives events as they come, and then what the call gives', async () => {
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

it('G7: who stops it does not wait for a host that does not answer', async () => {
  const stop = new AbortController();
  let isTold = false;
  const stream = streamCall(
    (onEvent, signal) => {
      signal.addEventListener('abort', () => (isTold = true));
      onEvent('a');
      return never;
    },
    asText,
    stop.signal,
  );
  expect((await stream.next()).value).toBe('a');
  const waiting = stream.next();
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' });
  expect(isTold).toBe(true);
});

it('waits for the end of the call where its reader leaves', async () => {
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

/** @jest-environment jsdom */
import { describe, expect, it } from '@jest/globals';
import { client } from '../../../data/api/client.js';
import { ApiError } from '../../../data/http/http.js';
import { AnswerOutbox, outboxKey, sendAnswer, type GivenAnswer } from './answer-outbox.js';

const yes: GivenAnswer = {
  runId: 'r',
  requestId: 'a',
  title: 'May it go?',
  isBreakpoint: false,
  value: { choice: 'yes' },
};
const mine: GivenAnswer = { ...yes, by: 'user:ada' };
const away = new ApiError('unreachable', 'Heddle does not answer.', 0);

/** A server that can be unreachable or lose its replies, and a tab with its storage. */
function setUp({ kept = '[]', me: first = 'user:ada' }: { kept?: string; me?: string } = {}) {
  let me: string | undefined = first;
  const device = new Map([['heddle.answers', kept]]);
  const taken: GivenAnswer[] = [];
  const refused: string[] = [];
  const timers: (() => void)[] = [];
  const net = { isAway: false, losesReply: false, decidedBy: 'user:ada' };
  let tell: (isConnected: boolean) => void = () => undefined;
  const outbox = new AnswerOutbox({
    send: async (answer) => {
      if (net.isAway) throw away;
      const before = taken.find(({ requestId }) => requestId === answer.requestId);
      if (before !== undefined)
        throw new ApiError('human_input_decided', 'It was answered already.', 409, {
          value: before.value,
          by: net.decidedBy,
        });
      taken.push(answer);
      if (net.losesReply) throw away;
    },
    onConnection: (listener) => {
      tell = listener;
      return () => undefined;
    },
    me: () => me,
    onRefused: ({ title }, { code }) => refused.push(`${title} ${code}`),
    storage: {
      getItem: (key) => device.get(key) ?? null,
      setItem: (key, value) => void device.set(key, value),
      removeItem: (key) => void device.delete(key),
    },
    later: (work) => void timers.push(work),
  });
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  return {
    outbox,
    taken,
    refused,
    net,
    device,
    become: (other: string | undefined) => void (me = other),
    waiting: () => [...outbox.store.getState().waiting.keys()],
    back: async () => {
      net.isAway = false;
      tell(true);
      await settled();
    },
    tick: async () => {
      timers.shift()?.();
      await settled();
    },
  };
}

describe('answers that are being sent', () => {
  it('are sent at once when the server is reachable', async () => {
    const { outbox, taken, waiting } = setUp();
    expect(await outbox.submit(yes)).toBe(true);
    expect([taken, waiting()]).toEqual([[mine], []]);
  });

  it('are not sent for another user who signs in, and are sent once their own user is back', async () => {
    const { outbox, taken, waiting, net, back, become, tick } = setUp();
    net.isAway = true;
    await outbox.submit(yes);
    for (const other of ['user:bo', undefined]) {
      become(other);
      await back();
      await tick();
      expect([taken, waiting()]).toEqual([[], [outboxKey('r', 'a')]]);
    }
    become('user:ada');
    await tick();
    expect([taken.length, waiting()]).toEqual([1, []]);
  });

  it('wait while the server is unreachable, and are sent once when it is back', async () => {
    const { outbox, taken, waiting, net, back, tick } = setUp();
    net.isAway = true;
    expect(await outbox.submit(yes)).toBe(false);
    expect([taken, waiting()]).toEqual([[], [outboxKey('r', 'a')]]);
    await back();
    await tick();
    await back();
    expect([taken, waiting()]).toEqual([[mine], []]);
  });

  it('are sent again after a while when the connection reports no change', async () => {
    const { outbox, taken, net, tick } = setUp();
    net.isAway = true;
    await outbox.submit(yes);
    await tick();
    expect(taken).toEqual([]);
    net.isAway = false;
    await tick();
    expect(taken).toEqual([mine]);
  });

  it('survive a reload', async () => {
    const first = setUp();
    first.net.isAway = true;
    await first.outbox.submit(yes);
    const second = setUp({ kept: first.device.get('heddle.answers') ?? '' });
    expect(second.waiting()).toEqual([outboxKey('r', 'a')]);
    await second.back();
    expect([second.taken, second.device.get('heddle.answers')]).toEqual([[mine], undefined]);
    await first.back();
  });

  it('count as accepted when only the reply was lost', async () => {
    const { outbox, taken, refused, waiting, net, back } = setUp();
    net.losesReply = true;
    expect(await outbox.submit(yes)).toBe(false);
    await back();
    expect([taken.length, refused, waiting()]).toEqual([1, [], []]);
  });

  it('are reported as refused when another user decided meanwhile, even with the same answer', async () => {
    const { outbox, taken, refused, waiting, net, back } = setUp();
    net.isAway = true;
    net.decidedBy = 'user:bo';
    await outbox.submit(yes);
    taken.push({ ...yes });
    await back();
    expect([refused, waiting()]).toEqual([['May it go? human_input_decided'], []]);
  });

  it('can be withdrawn, and given again', async () => {
    const { outbox, taken, net, back } = setUp();
    net.isAway = true;
    await outbox.submit(yes);
    expect(outbox.takeBack(outboxKey('r', 'a'))).toBe(true);
    await outbox.submit({ ...yes, value: { choice: 'no' } });
    await back();
    expect(taken.map(({ value }) => value)).toEqual([{ choice: 'no' }]);
  });

  it('make the browser ask before the page is closed', async () => {
    const { outbox, net, back } = setUp();
    const closes = (): boolean => window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
    net.isAway = true;
    await outbox.submit(yes);
    expect(closes()).toBe(false);
    await back();
    expect(closes()).toBe(true);
  });
});

it.each([
  ['without a reason', { value: { choice: 'yes' }, reason: '   ' }, { value: { choice: 'yes' }, reason: undefined }],
  ['with a reason', { value: false, reason: ' Too dear. ' }, { value: false, reason: 'Too dear.' }],
])('an answer is sent %s', async (_what, given, body) => {
  const { POST } = client;
  const sent: unknown[] = [];
  Object.assign(client, { POST: async (...call: readonly unknown[]) => void sent.push(call) });
  await sendAnswer({ ...yes, ...given });
  Object.assign(client, { POST });
  expect(sent).toEqual([
    ['/api/runs/{id}/human-inputs/{requestId}', { params: { path: { id: 'r', requestId: 'a' } }, body }],
  ]);
});

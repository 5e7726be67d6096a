import { describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@heddle/core/testing';
import { RateLimiter, type RateLimits, type Ticket } from './rate-limiter.js';

const make = (limits: Partial<RateLimits>, queueLimit?: number) => {
  const clock = createFakeClock(0);
  const limiter = new RateLimiter({
    connection: 'c',
    clock,
    limits: { concurrency: 100, ...limits },
    ...(queueLimit === undefined ? {} : { queueLimit }),
  });
  return { clock, limiter };
};

/** Follows a ticket to its start and records the positions on the way. */
function follow(ticket: Ticket): { readonly seen: (number | 'ready')[] } {
  const seen: (number | 'ready')[] = [];
  void (async () => {
    for (;;) {
      const step = await ticket.next();
      seen.push(step);
      if (step === 'ready' || seen.length > 50) return;
    }
  })();
  return { seen };
}

describe('RateLimiter', () => {
  it('limits concurrent calls in order of arrival, and reports positions as they change', async () => {
    const { clock, limiter } = make({ concurrency: 1 });
    const first = limiter.enter(1);
    const second = limiter.enter(1);
    const third = limiter.enter(1);
    const a = follow(first);
    const b = follow(second);
    const c = follow(third);
    await clock.advance(0);
    expect([a.seen, b.seen, c.seen]).toEqual([['ready'], [1], [2]]);
    first.leave();
    await clock.advance(0);
    expect([b.seen, c.seen]).toEqual([
      [1, 'ready'],
      [2, 1],
    ]);
    expect(limiter.state()).toMatchObject({ inFlight: 1, waiting: 1 });
  });

  it('limits the requests of a minute, and continues as the minute passes', async () => {
    const { clock, limiter } = make({ requestsPerMinute: 2 });
    const seen = [1, 2, 3].map(() => follow(limiter.enter(1)).seen);
    await clock.advance(29_999);
    expect(seen.map((steps) => steps.at(-1))).toEqual(['ready', 'ready', 1]);
    await clock.advance(1);
    expect(seen[2]!.at(-1)).toBe('ready');
  });

  it('limits the tokens of a minute, and corrects them by the tokens that a call used', async () => {
    const { clock, limiter } = make({ tokensPerMinute: 600 });
    const first = limiter.enter(600);
    const second = follow(limiter.enter(100));
    await clock.advance(0);
    expect(second.seen).toEqual([1]);
    first.settle(300);
    first.leave();
    await clock.advance(0);
    expect(second.seen.at(-1)).toBe('ready');
  });

  it('starts a call that is larger than the limit of a minute once the bucket is full', async () => {
    const { clock, limiter } = make({ tokensPerMinute: 600 });
    limiter.enter(300);
    const large = follow(limiter.enter(5000));
    const small = follow(limiter.enter(1));
    await clock.advance(29_000);
    // Small calls must not overtake the large one: it would never start.
    expect([large.seen, small.seen]).toEqual([[1], [2]]);
    await clock.advance(1_000);
    expect(large.seen.at(-1)).toBe('ready');
  });

  it('delays all calls while the provider requests a wait', async () => {
    const { clock, limiter } = make({});
    limiter.pauseUntil(5_000);
    const one = follow(limiter.enter(1));
    await clock.advance(4_999);
    expect(one.seen).toEqual([1]);
    await clock.advance(1);
    expect(one.seen.at(-1)).toBe('ready');
  });

  it('removes an aborted call from the queue, and moves the others up', async () => {
    const { clock, limiter } = make({ concurrency: 1 });
    limiter.enter(1);
    const gone = limiter.enter(1);
    const last = follow(limiter.enter(1));
    await clock.advance(0);
    gone.leave();
    gone.leave();
    await clock.advance(0);
    expect(last.seen).toEqual([2, 1]);
    expect(limiter.state()).toMatchObject({ inFlight: 1, waiting: 1 });
  });

  it('refuses calls beyond the length of its queue', () => {
    const { limiter } = make({ concurrency: 1 }, 1);
    limiter.enter(1);
    limiter.enter(1);
    expect(() => limiter.enter(1)).toThrow(expect.objectContaining({ code: 'model_busy' }));
  });
});

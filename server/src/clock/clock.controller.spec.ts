import { ClockReply, HealthReply } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../testing/test-server.js';

const day = 86_400_000;
let server: TestServer;
afterEach(() => server.close());

async function open() {
  const clock = createFakeClock();
  server = await startTestServer({ clock });
  return { clock, jump: (by: number) => clock.jump(clock.now() + by) };
}
const health = async () => HealthReply.parse((await server.call('GET', '/api/health')).body);

describe('the clock', () => {
  it('is reported by health and by its own route, with the remedy, and is confirmed', async () => {
    const { jump, clock } = await open();
    const well = ClockReply.parse((await server.call('GET', '/api/clock')).body);
    expect(well).toMatchObject({ status: 'trusted', aheadMs: 0 });
    expect([well.message, well.trustedAt]).toEqual([undefined, undefined]);
    jump(7 * day);
    const received = await health();
    expect(received.status).toBe('degraded');
    expect(received.clock).toMatchObject({ status: 'doubt', wasSet: true, trustedAt: clock.now() + day });
    expect(received.clock?.message).toMatch(/jumped.*7 days ahead.*Nothing is deleted until.*heddle clock confirm/);
    const confirmed = await server.call('POST', '/api/clock/confirm');
    expect([confirmed.status, ClockReply.parse(confirmed.body).status]).toEqual([200, 'trusted']);
    expect((await health()).status).toBe('ok');
  });

  it('that is behind is reported until a person confirms it, since rights still end by the later time', async () => {
    const { jump, clock } = await open();
    jump(-7 * day);
    expect((await health()).clock?.message).toMatch(/7 days behind/);
    await clock.advance(day);
    expect((await health()).status).toBe('degraded');
    expect((await health()).clock).toMatchObject({ status: 'trusted', rightsAheadMs: 7 * day });
    await server.call('POST', '/api/clock/confirm');
    expect((await health()).status).toBe('ok');
  });
});

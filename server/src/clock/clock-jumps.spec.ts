import { afterEach, describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@heddle/core/testing';
import { Budget, KeyScopes, labelOf, type PlanBundle, type RunAcceptance } from '@heddle/core';
import { openPublished } from '../channels/testing/open-published.js';
import { createTestHeddle, type TestHeddleOptions } from '../testing/test-heddle.js';
import type { TestServer } from '../testing/test-server.js';

const hour = 3_600_000;
const day = 24 * hour;
const jumps = [
  ['ahead by 25 h', 25 * hour],
  ['ahead by 100 days', 100 * day],
  ['back by 25 h', -25 * hour],
] as const;

const bundle: PlanBundle = { document: { heddle: 2, name: 'Empty', nodes: {}, edges: [] }, workflows: {} };
const run = (runId: string, more: Partial<RunAcceptance> = {}): RunAcceptance => ({
  runId,
  workflowId: undefined,
  workflowName: 'Empty',
  time: 1,
  trigger: 'published',
  inputs: {},
  options: {},
  rootId: runId,
  origin: undefined,
  reused: [],
  ...more,
});

let close: () => Promise<void> = () => Promise.resolve();
afterEach(() => close());

function open(options: TestHeddleOptions = {}) {
  const clock = createFakeClock();
  const heddle = createTestHeddle({ clock, ...options });
  close = async () => {
    await heddle.stop();
    await heddle.close();
  };
  const jump = (by: number): void => clock.jump(clock.now() + by);
  return { clock, heddle, jump, stores: heddle.parts.identity };
}

describe.each(jumps)('a clock that is set %s for a while', (_how, by) => {
  it('forgets no idempotency key, neither meanwhile nor afterwards', async () => {
    const { heddle, jump, clock } = open({ withStoredJournal: true });
    const { journal, idempotency } = heddle.parts;
    const idempotent = (key: string) => ({ idempotency: { scope: 'key:a', key, requestHash: 'sha256:1' } });
    await journal.accept(run('first', idempotent('k')), bundle);
    jump(by);
    await expect(journal.accept(run('second', idempotent('k')), bundle)).rejects.toMatchObject({
      code: 'idempotency_conflict',
    });
    // Each new key removes those that have expired.
    await journal.accept(run('meanwhile', idempotent('other')), bundle);
    jump(-by);
    expect((await idempotency.find('key:a', 'k'))?.runId).toBe('first');
    expect((await idempotency.find('key:a', 'other'))?.runId).toBe('meanwhile');
    await clock.advance(day + 1);
    expect(await idempotency.find('key:a', 'k')).toBeUndefined();
    expect(await idempotency.find('key:a', 'other')).toBeUndefined();
  });

  it('begins no new period of a budget', async () => {
    const { heddle, jump } = open();
    const { budgets } = heddle.parts.routing;
    const limits = { calls: 1 };
    const budget = Budget.parse({ id: 'day', scope: { kind: 'all' }, period: 'day', limits });
    await heddle.parts.tables.commit(budgets.write.save(budget));
    const origin = { runId: 'r', path: 'n', workflow: 'w', connection: undefined, key: undefined };
    const needs = { money: 0, currency: 'USD', tokens: 1 };
    const reservation = await budgets.reserve(origin, needs);
    await reservation?.settle({ money: 0, tokens: 1, seconds: 0, calls: 1 });
    const refused = () => expect(budgets.reserve(origin, needs)).rejects.toThrow('was not made');
    await refused();
    jump(by);
    await refused();
    jump(-by);
    await refused();
  });
});

describe('a right that ends at a time', () => {
  it('is refused while the clock is ahead, and works again when the clock is right', async () => {
    const { jump, stores } = open();
    const { id } = await stores.users.create({ email: 'ada@example.org', name: 'Ada' });
    const { token } = await stores.sessions.begin(id, { isSecure: false, agent: '' });
    const link = await stores.links.create({ purpose: 'password', userId: id }, 7 * day);
    await stores.knownNetworks.remember(id, 'network');
    jump(100 * day);
    expect(await stores.sessions.find(token)).toBe('ended');
    expect(await stores.links.peek(link)).toBeUndefined();
    await stores.links.create({ purpose: 'owner', userId: undefined }, day);
    await stores.knownNetworks.remember(id, 'other network');
    jump(-100 * day);
    expect(await stores.sessions.find(token)).toMatchObject({ userId: id });
    expect(await stores.links.peek(link)).toMatchObject({ userId: id });
    expect(await stores.knownNetworks.knows(id, 'network')).toBe(true);
  });

  it('does not last longer when it was given while the clock was ahead', async () => {
    const { jump, stores } = open();
    const { id } = await stores.users.create({ email: 'ada@example.org', name: 'Ada' });
    jump(100 * day);
    const { token } = await stores.sessions.begin(id, { isSecure: false, agent: '' });
    const link = await stores.links.create({ purpose: 'password', userId: id }, 7 * day);
    expect(await stores.sessions.find(token)).toMatchObject({ userId: id });
    jump(-100 * day);
    expect(await stores.sessions.find(token)).toBe('ended');
    expect(await stores.links.peek(link)).toBeUndefined();
  });

  it('stays ended when the clock is set back, even after a day', async () => {
    const { clock, heddle, jump, stores } = open();
    const { id } = await stores.users.create({ email: 'ada@example.org', name: 'Ada' });
    const { session } = await stores.sessions.begin(id, { isSecure: false, agent: '' });
    const link = await stores.links.create({ purpose: 'password', userId: id }, 7 * day);
    const scopes = KeyScopes.parse({ expiresAt: clock.now() + 3 * day });
    const { secret } = await stores.keys.create({ name: 'k', owner: 'local', project: 'default', scopes });
    const credentials = { headers: { authorization: `Bearer ${secret}` }, ip: '127.0.0.1', method: 'GET', url: '/' };
    expect((await heddle.identity.identify(credentials)).kind).toBe('key');
    await clock.advance(8 * day);
    heddle.clock.state();
    jump(-8 * day);
    for (let hours = 0; hours < 30; hours += 1) {
      expect(await stores.sessions.isAlive(session.id)).toBe(false);
      expect(await stores.links.peek(link)).toBeUndefined();
      await expect(heddle.identity.identify(credentials)).rejects.toMatchObject({ code: 'key_expired' });
      heddle.clock.state();
      await clock.advance(hour);
    }
    expect(heddle.clocks.describe()).toMatchObject({ status: 'trusted', rightsAheadMs: 8 * day });
  });

  it('ends for everyone when a person confirms an earlier time', async () => {
    const { heddle, jump, stores } = open();
    const { id } = await stores.users.create({ email: 'ada@example.org', name: 'Ada' });
    const { token } = await stores.sessions.begin(id, { isSecure: false, agent: '' });
    jump(-8 * day);
    expect(await stores.sessions.find(token)).toMatchObject({ userId: id });
    expect(await heddle.clocks.confirm('local')).toMatchObject({ status: 'trusted', aheadMs: 0 });
    expect(await stores.sessions.find(token)).toBeUndefined();
    const [entry] = await heddle.audit.list({ kinds: ['setting'] });
    expect(entry).toMatchObject({
      who: 'local',
      subject: 'clock',
      details: { step: 'clock confirmed', aheadMs: -8 * day },
    });
  });
});

describe('a cached result', () => {
  const owner = { project: 'default', workflow: 'w', edition: 'version 1', isPublished: true };
  const origin = { name: '', isShared: false };
  const entry = { value: 1, label: labelOf('internal') };

  it('is found again after a jump, and does not last longer when it was stored meanwhile', async () => {
    const { heddle, jump } = open();
    const cache = heddle.parts.routing.caches.of(owner);
    await cache.set(origin, 'before', entry, hour);
    jump(100 * day);
    expect(await cache.get(origin, 'before', entry.label)).toEqual({});
    await cache.set(origin, 'meanwhile', entry, hour);
    jump(-100 * day);
    expect((await cache.get(origin, 'before', entry.label)).entry?.value).toBe(1);
    expect(await cache.get(origin, 'meanwhile', entry.label)).toEqual({});
  });
});

describe('a share link', () => {
  let server: TestServer;

  it('gets no new daily quota, and does not work again after its end, when the clock is set', async () => {
    const clock = createFakeClock();
    server = await openPublished({ clock });
    close = () => server.close();
    const config = { name: 'Page', runsPerDay: 1, expiresAt: clock.now() + 2 * day };
    const made = await server.call('POST', '/api/workflows/echo/shares', config);
    expect(made.status).toBe(201);
    const { token, id } = made.body as { readonly token: string; readonly id: string };
    const page = () => server.call('GET', `/v1/share/${token}`);
    expect((await page()).status).toBe(200);
    const { shares } = server.heddle.parts.channels;
    const full = () => expect(shares.checkDay(id)).rejects.toThrow('reached its limit for today');
    const counted = shares.projection.accept?.(run('r', { caller: { principal: `share:${id}` } }), 'sha256:0') ?? [];
    await server.heddle.parts.tables.commit(counted);
    await full();
    for (const by of [25 * hour, -25 * hour, -25 * hour, 25 * hour]) {
      clock.jump(clock.now() + by);
      await full();
    }
    await clock.advance(2 * day);
    await shares.checkDay(id);
    expect((await page()).status).toBe(404);
    clock.jump(clock.now() - day);
    expect((await page()).status).toBe(404);
    clock.jump(clock.now() - 10 * day);
    expect((await page()).status).toBe(404);
  });
});

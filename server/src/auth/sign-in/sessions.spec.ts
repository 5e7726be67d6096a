import { createFakeClock } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../../testing/test-server.js';

const password = 'correct horse battery';

describe('sessions', () => {
  let server: TestServer;
  const clock = createFakeClock();
  beforeEach(async () => {
    server = await startTestServer({ settings: { HEDDLE_SIGN_IN: 'required' }, clock });
    const token = await server.heddle.accounts.ownerLink();
    await server.call('POST', '/api/auth/setup', { token, email: 'ada@example.org', password }, own());
  });
  afterEach(() => server.close());
  const own = () => ({ origin: server.address });
  const cookieOf = (headers: Headers): string => (headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  async function signIn(agent: string): Promise<Readonly<Record<string, string>>> {
    const body = { email: 'ada@example.org', password };
    const reply = await server.call('POST', '/api/auth/sign-in', body, { ...own(), 'user-agent': agent });
    return { ...own(), cookie: cookieOf(reply.headers) };
  }
  const isIn = async (headers: Readonly<Record<string, string>>): Promise<boolean> =>
    (await server.call('GET', '/api/workflows', undefined, headers)).status === 200;

  it('are listed, and ended one by one, all but the current one, and all together', async () => {
    const laptop = await signIn('laptop');
    const phone = await signIn('phone');
    const listed = (await server.call('GET', '/api/auth/sessions', undefined, laptop)).body.sessions;
    expect(listed).toHaveLength(3);
    const current = listed.filter(({ isCurrent }: { isCurrent: boolean }) => isCurrent);
    expect(current).toMatchObject([{ agent: 'laptop' }]);
    const other = listed.find(({ agent }: { agent: string }) => agent === 'phone');
    expect((await server.call('DELETE', `/api/auth/sessions/${other.id}`, undefined, laptop)).status).toBe(204);
    expect([await isIn(phone), await isIn(laptop)]).toEqual([false, true]);
    const tablet = await signIn('tablet');
    await server.call('DELETE', '/api/auth/sessions?others=true', undefined, tablet);
    expect([await isIn(laptop), await isIn(tablet)]).toEqual([false, true]);
    const everywhere = await server.call('DELETE', '/api/auth/sessions', undefined, tablet);
    expect(everywhere.headers.get('set-cookie')).toContain('Max-Age=0');
    expect(await isIn(tablet)).toBe(false);
    const events = await server.heddle.audit.list({ kinds: ['sign-out'] });
    expect(events.map(({ details }) => details['step'])).toEqual(['everywhere', 'everywhere else', 'another session']);
  });

  it("can be seen and ended only by their user; a manager of users ends all of a user's sessions", async () => {
    const ada = await signIn('laptop');
    const { users, projects, sessions } = server.heddle.parts.identity;
    const eve = await users.create({ email: 'eve@example.org', name: 'Eve' });
    await projects.setRoles('default', `user:${eve.id}`, ['editor']);
    const { token } = await sessions.begin(eve.id, { isSecure: false, agent: 'eve' });
    const asEve = { ...own(), cookie: `heddle=${token}` };
    const [mine] = (await server.call('GET', '/api/auth/sessions', undefined, ada)).body.sessions;
    expect((await server.call('DELETE', `/api/auth/sessions/${mine.id}`, undefined, asEve)).status).toBe(404);
    expect((await server.call('GET', '/api/auth/sessions', undefined, asEve)).body.sessions).toHaveLength(1);
    expect((await server.call('DELETE', `/api/users/${eve.id}/sessions`, undefined, asEve)).status).toBe(403);
    expect((await server.call('DELETE', `/api/users/${eve.id}/sessions`, undefined, ada)).status).toBe(204);
    expect([await isIn(asEve), await isIn(ada)]).toEqual([false, true]);
  });

  it('get a new token after long use; the old token ends a minute later', async () => {
    const before = await signIn('laptop');
    const me = (headers: Readonly<Record<string, string>>) => server.call('GET', '/api/auth/me', undefined, headers);
    expect((await me(before)).headers.get('set-cookie')).toBeNull();
    await clock.advance(3_600_000);
    const cookie = cookieOf((await me(before)).headers);
    expect(cookie).toMatch(/^heddle=hs_/);
    expect(cookie).not.toBe(before['cookie']);
    const after = { ...own(), cookie };
    expect([await isIn(before), await isIn(after)]).toEqual([true, true]);
    await clock.advance(60_001);
    expect([await isIn(before), await isIn(after)]).toEqual([false, true]);
    expect((await server.call('GET', '/api/auth/sessions', undefined, after)).body.sessions).toHaveLength(2);
  });

  it('record each sign-in, each refusal and each sign-out', async () => {
    const ada = await signIn('laptop');
    const wrong = { email: 'ada@example.org', password: 'wrong' };
    await server.call('POST', '/api/auth/sign-in', wrong, own());
    await server.call('POST', '/api/auth/sign-in', { ...wrong, email: 'my-password-by-mistake' }, own());
    await server.call('POST', '/api/auth/sign-out', undefined, ada);
    const events = await server.heddle.audit.list({ kinds: ['sign-in', 'sign-out'] });
    const text = (details: Readonly<Record<string, unknown>>): unknown =>
      details['reason'] ?? details['step'] ?? details['with'];
    expect(events.map(({ act, isAllowed, details }) => [act, isAllowed, text(details)])).toEqual([
      ['sign-out', true, 'this session'],
      ['sign-in', false, 'password'],
      ['sign-in', false, 'password'],
      ['sign-in', true, 'password'],
      ['sign-in', true, 'one-time link'],
    ]);
    expect(JSON.stringify(events)).not.toContain('my-password-by-mistake');
  });
});

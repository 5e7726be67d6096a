import { hashPassword } from '@heddle/adapters/identity';
import { toHeddleError } from '@heddle/core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { AccountService } from './account.service.js';
import { networkOf } from '../http/network-of.js';

const password = 'correct horse battery';
/** Milliseconds; each guess costs a slow hash, and other programs use the machine too. */
const patient = 30_000;

/** Every request comes through a trusted proxy here, so that a test can choose the address of each caller. */
describe('someone who guesses passwords', () => {
  let server: TestServer;
  let hash: string;
  beforeAll(async () => {
    hash = await hashPassword(password);
  });
  beforeEach(async () => {
    server = await startTestServer({ settings: { HEDDLE_TRUST_PROXY: '127.0.0.1', HEDDLE_SIGN_IN: 'required' } });
    for (const name of ['ada', 'bob'])
      await server.heddle.parts.identity.users.create({ email: `${name}@example.org`, name, password: hash });
  });
  afterEach(() => server.close());
  const attempt = async (email: string, word: string, address: string): Promise<number> => {
    const headers = { origin: server.address, 'x-forwarded-for': address };
    return (await server.call('POST', '/api/auth/sign-in', { email, password: word }, headers)).status;
  };

  it(
    'does not lock a user out of a location where the user signed in before',
    async () => {
      expect(await attempt('ada@example.org', password, '203.0.113.1')).toBe(204);
      for (let round = 0; round < 6; round += 1) await attempt('ada@example.org', 'wrong', '198.51.100.7');
      expect(await attempt('ada@example.org', 'wrong', '198.51.100.8')).toBe(429);
      expect(await attempt('ada@example.org', password, '203.0.113.1')).toBe(204);
      for (let round = 0; round < 6; round += 1) await attempt('ada@example.org', 'wrong', '203.0.113.1');
      expect(await attempt('ada@example.org', password, '203.0.113.1')).toBe(429);
    },
    patient,
  );

  it(
    'does not lock a user out of such a location after a restart either',
    async () => {
      expect(await attempt('ada@example.org', password, '203.0.113.1')).toBe(204);
      const { heddle } = server;
      const started = new AccountService(heddle.parts.identity, heddle.parts.audit, heddle.clock, true);
      const signIn = (word: string, ip: string): Promise<unknown> =>
        started
          .signIn({ email: 'ada@example.org', password: word }, { ip, agent: '', isSecure: true })
          .then(() => 'in')
          .catch((error: unknown) => toHeddleError(error).code);
      for (let round = 0; round < 6; round += 1) await signIn('wrong', '198.51.100.7');
      expect(await signIn(password, '198.51.100.9')).toBe('too_many_requests');
      expect(await signIn(password, '203.0.113.1')).toBe('in');
    },
    patient,
  );

  it(
    'does not reset the count by signing in with an account of their own',
    async () => {
      const { rates } = server.heddle.accounts;
      for (let round = 0; round < 19; round += 1) rates.take('sign-in:198.51.100.7', 20);
      expect(await attempt('bob@example.org', password, '198.51.100.7')).toBe(204);
      expect(await attempt('somebody@example.org', 'wrong', '198.51.100.7')).toBe(401);
      expect(await attempt('somebody-else@example.org', 'wrong', '198.51.100.7')).toBe(429);
    },
    patient,
  );

  it(
    'does not reset the count with another address of the same network',
    async () => {
      expect(await attempt('somebody@example.org', 'wrong', '2001:db8:1:2::1')).toBe(401);
      for (let round = 0; round < 19; round += 1) server.heddle.accounts.rates.take('sign-in:2001:db8:1:2::/64', 20);
      expect(await attempt('somebody-else@example.org', 'wrong', '2001:db8:1:2:ffff::9')).toBe(429);
    },
    patient,
  );

  it(
    'does not reset the count by writing the e-mail address in another way',
    async () => {
      const seen: number[] = [];
      for (const first of ['a', 'A', 'ａ', 'Ａ', 'ª', 'ᵃ', 'ᴬ'])
        seen.push(await attempt(`${first}da@example.org`, 'wrong', '198.51.100.7'));
      expect(seen.slice(-1)).toEqual([429]);
    },
    patient,
  );

  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001::9', '2001:db8:1:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['try', 'try'],
  ])('is counted by network: %s as %s', (address, network) => expect(networkOf(address)).toBe(network));
});

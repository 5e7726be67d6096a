import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bothDatabases, type TestedDatabase } from '../testing/both-databases.js';
import { identitySuite, testIdentity } from '../testing/identity-suite.js';
import { matchesPassword, hashPassword, matchTotp, totpCode } from './index.js';

describe.each(bothDatabases)('identity in %s', (_name, open) => {
  let database: TestedDatabase;
  beforeAll(async () => {
    database = await open();
  }, 120_000);
  afterAll(() => database?.close());

  for (const promise of identitySuite)
    it(promise.name, async () => {
      const tables = await database.reset();
      const subject = await testIdentity(tables);
      try {
        await promise.run(subject);
      } finally {
        subject.close();
      }
    });
});

describe('passwords and codes', () => {
  it('verifies a password by its hash, and none without a hash', async () => {
    const hash = await hashPassword('correct horse battery');
    expect(hash).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
    expect(await matchesPassword('correct horse battery', hash)).toBe(true);
    expect(await matchesPassword('correct horse batterz', hash)).toBe(false);
    expect(await matchesPassword('', undefined)).toBe(false);
    expect(await hashPassword('correct horse battery')).not.toBe(hash);
  });

  // The vectors of RFC 6238, appendix B (SHA-1, 8 digits). The secret is '12345678901234567890'.
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
  it.each([
    [59, '94287082'],
    [1111111109, '07081804'],
    [1111111111, '14050471'],
    [1234567890, '89005924'],
    [2000000000, '69279037'],
    [20000000000, '65353130'],
  ])('gives the code of RFC 6238 at second %d', async (second, code) => {
    expect(await totpCode(secret, Math.floor(second / 30), 8)).toBe(code);
  });

  it('accepts the codes of the steps around now, each once', async () => {
    const at = 1_111_111_111_000;
    const step = Math.floor(at / 30_000);
    expect(await matchTotp(secret, await totpCode(secret, step - 1), at)).toBe(step - 1);
    expect(await matchTotp(secret, await totpCode(secret, step + 1), at)).toBe(step + 1);
    expect(await matchTotp(secret, await totpCode(secret, step - 2), at)).toBeUndefined();
    expect(await matchTotp(secret, await totpCode(secret, step), at, step)).toBeUndefined();
    expect(await matchTotp(secret, 'abcdef', at)).toBeUndefined();
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { createFakeClock } from '@heddle/core/testing';
import { startAwsDouble, startVaultDouble, type Fault, type StoreDouble } from './__fixtures__/store-doubles.js';
import { createAwsSecrets } from './aws-secrets-manager.js';
import { createHashicorpVault } from './hashicorp-vault.js';

let double: StoreDouble;
afterEach(() => double.close());
const clock = createFakeClock();

const vaultWith = async (more: { leaseSeconds?: number; namespace?: string } = {}) => {
  let token = 'token-1';
  double = await startVaultDouble({
    token: () => token,
    mount: 'kv/team',
    ...more,
    secrets: { 'heddle/crm key': { value: 'canary', other: 'second', number: 7 }, deleted: null },
  });
  let shown = 'token-1';
  const read = createHashicorpVault({
    address: `${double.address}/`,
    mount: 'kv/team',
    clock,
    timeoutMs: 2_000,
    token: () => Promise.resolve(shown),
    ...(more.namespace === undefined ? {} : { namespace: more.namespace }),
  });
  return {
    read: (path = 'heddle/crm key', field = 'value') => read('crm', { path, field }),
    rotate: (there: string, here: string) => {
      token = there;
      shown = here;
    },
  };
};

describe('HashiCorp Vault', () => {
  it('gives a field of a path, with token and namespace', async () => {
    const { read } = await vaultWith({ namespace: 'team-a' });
    expect([await read(), await read(undefined, 'other')]).toEqual(['canary', 'second']);
    expect(double.asked).toEqual(['/v1/kv/team/data/heddle/crm%20key', '/v1/kv/team/data/heddle/crm%20key']);
  });

  it('reads a secret again after a short while, or at the end of its lease, and once for concurrent readers', async () => {
    for (const [leaseSeconds, waitMs] of [
      [0, 30_000],
      [3, 3_000],
      [3_600, 30_000],
    ] as const) {
      const { read } = await vaultWith({ leaseSeconds });
      await Promise.all([read(), read(), read()]);
      await clock.advance(waitMs - 1);
      await read();
      expect(double.asked).toHaveLength(1);
      await clock.advance(1);
      await read();
      expect(double.asked).toHaveLength(2);
      double.close();
    }
  });

  it.each<[string, Fault | undefined, string, string, string, boolean]>([
    ['nothing at the path', undefined, 'none', 'value', 'secret_unreadable', false],
    ['a deleted version', undefined, 'deleted', 'value', 'secret_unreadable', false],
    ['no such field', undefined, 'heddle/crm key', 'gone', 'secret_unreadable', false],
    ['a field that is no text', undefined, 'heddle/crm key', 'number', 'secret_unreadable', false],
    ['a path that leads away', undefined, '../../sys/health', 'value', 'secret_unreadable', false],
    ['a refused token', { status: 403 }, 'heddle/crm key', 'value', 'secret_unreadable', false],
    [
      'a sealed vault',
      { status: 503, body: { errors: ['Vault is sealed'] } },
      'a',
      'value',
      'secret_store_failed',
      true,
    ],
    ['too many questions', { status: 429 }, 'a', 'value', 'secret_store_failed', true],
    ['a standby', { status: 473 }, 'a', 'value', 'secret_store_failed', true],
    ['another engine', { status: 200, body: { data: { value: 'x' } } }, 'a', 'value', 'secret_store_failed', true],
    ['silence', 'hang', 'a', 'value', 'secret_store_failed', true],
    ['a lost connection', 'drop', 'a', 'value', 'secret_store_failed', true],
  ])('reports the cause of %s, and caches no failure', async (_what, fault, path, field, code, retryable) => {
    const { read } = await vaultWith();
    double.fault = fault;
    const error = read(path, field);
    await expect(error).rejects.toMatchObject({ code, retryable, details: { secret: 'crm' } });
    await expect(error).rejects.toMatchObject({ message: expect.not.stringMatching(/heddle\/crm|token-1|canary/) });
    double.fault = undefined;
    expect(await read()).toBe('canary');
  });

  it('sends its token to no other host', async () => {
    await vaultWith();
    const elsewhere = double;
    const { read } = await vaultWith();
    double.fault = { status: 307, location: elsewhere.address };
    await expect(read()).rejects.toMatchObject({ code: 'secret_store_failed' });
    expect(elsewhere.asked).toEqual([]);
    elsewhere.close();
  });

  it('reads its token again after an agent renewed it', async () => {
    const { read, rotate } = await vaultWith();
    rotate('token-2', 'token-1');
    await expect(read()).rejects.toMatchObject({ code: 'secret_unreadable' });
    rotate('token-2', 'token-2');
    expect(await read()).toBe('canary');
  });
});

const awsWith = async (more: { sessionToken?: string; secretAccessKey?: string } = {}) => {
  const { sessionToken } = more;
  const region = 'eu-central-1';
  double = await startAwsDouble({
    accessKeyId: 'AKIDEXAMPLE',
    secretAccessKey: 'wJalr/K7MDENG+bPx',
    region,
    ...(sessionToken === undefined ? {} : { sessionToken }),
    secrets: {
      'prod/crm': { SecretString: '{"token":"canary","n":1}' },
      plain: { SecretString: 'canary' },
      binary: { SecretBinary: Buffer.from('canary').toString('base64') },
      empty: {},
    },
  });
  const read = createAwsSecrets({
    region,
    endpoint: double.address,
    clock,
    timeoutMs: 2_000,
    credentials: () =>
      Promise.resolve({
        accessKeyId: 'AKIDEXAMPLE',
        secretAccessKey: more.secretAccessKey ?? 'wJalr/K7MDENG+bPx',
        sessionToken,
      }),
  });
  return (id: string, field?: string) => read('crm', { id, field });
};

describe('AWS Secrets Manager', () => {
  it.each([undefined, 'session/token+='])(
    'gives texts, binaries and members, signed: session token %p',
    async (sessionToken) => {
      const read = await awsWith(sessionToken === undefined ? {} : { sessionToken });
      expect(await Promise.all([read('plain'), read('binary'), read('prod/crm', 'token')])).toEqual(
        Array(3).fill('canary'),
      );
      expect(await read('prod/crm')).toBe('{"token":"canary","n":1}');
      expect(double.asked).toContain('/ {"SecretId":"plain"}');
      await read('plain');
      expect(double.asked).toHaveLength(4);
    },
  );

  const aws = (type: string, status = 400): Fault => ({ status, body: { __type: type, message: 'x' } });
  it.each<[string, Fault | undefined, string, string | undefined, string]>([
    ['an unknown id', undefined, 'none', undefined, 'secret_unreadable'],
    ['a member that is none', undefined, 'prod/crm', 'gone', 'secret_unreadable'],
    ['a member that is no text', undefined, 'prod/crm', 'n', 'secret_unreadable'],
    ['a text that is no JSON', undefined, 'plain', 'token', 'secret_unreadable'],
    ['an answer without a value', undefined, 'empty', undefined, 'secret_store_failed'],
    ['denied access', aws('AccessDeniedException'), 'plain', undefined, 'secret_unreadable'],
    ['a secret marked for deletion', aws('InvalidRequestException'), 'plain', undefined, 'secret_unreadable'],
    [
      'ended credentials',
      aws('com.amazon.coral.service#ExpiredTokenException'),
      'plain',
      undefined,
      'secret_unreadable',
    ],
    ['throttling', aws('ThrottlingException'), 'plain', undefined, 'secret_store_failed'],
    ['a fault of AWS', aws('InternalServiceError', 500), 'plain', undefined, 'secret_store_failed'],
    ['silence', 'hang', 'plain', undefined, 'secret_store_failed'],
  ])('reports the cause of %s', async (_what, fault, id, field, code) => {
    const read = await awsWith();
    double.fault = fault;
    await expect(read(id, field)).rejects.toMatchObject({
      code,
      retryable: code === 'secret_store_failed',
      message: expect.not.stringMatching(/canary|wJalr|prod/),
    });
    double.fault = undefined;
    expect(await read('plain')).toBe('canary');
  });

  it('is refused with another secret key: the test server checks signatures', async () => {
    const read = await awsWith({ secretAccessKey: 'wrong' });
    await expect(read('plain')).rejects.toMatchObject({ code: 'secret_unreadable' });
  });
});

import { describe, expect, it } from '@jest/globals';
import { checkHost } from './check-host.js';

const resolve = async (host: string) => [
  { address: host.endsWith('.inside') ? '10.0.0.9' : '93.184.216.34', family: 4 },
];
const check = (host: string, port: number, allowedHosts: readonly string[] = []) =>
  checkHost(host, port, { allowedHosts, resolve });

describe('checkHost', () => {
  it('allows public servers on every port, and returns the checked address', async () => {
    expect(await check('db.example.com', 5432)).toEqual({ address: '93.184.216.34', name: 'db.example.com' });
    expect(await check('93.184.216.34', 993)).toEqual({ address: '93.184.216.34', name: undefined });
  });

  it.each([
    'localhost',
    '127.0.0.1',
    '[::1]',
    '10.0.0.1',
    '169.254.169.254',
    'db.inside',
    'db',
    'a b',
    '',
    'user@db.example.com',
    '2130706433',
  ])('refuses %j', async (host) => {
    await expect(check(host, 5432)).rejects.toMatchObject({ code: 'fetch_blocked' });
  });

  it('allows a host and port that an administrator allowed, and no other port', async () => {
    expect(await check('db.inside', 5432, ['db.inside:5432'])).toMatchObject({ address: '10.0.0.9' });
    await expect(check('db.inside', 22, ['db.inside:5432'])).rejects.toMatchObject({ code: 'fetch_blocked' });
    expect(await check('127.0.0.1', 5432, ['127.0.0.1'])).toMatchObject({ address: '127.0.0.1' });
  });
});

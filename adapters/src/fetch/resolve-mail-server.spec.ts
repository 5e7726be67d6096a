import { describe, expect, it } from '@jest/globals';
import { resolveMailServer } from './resolve-mail-server.js';

const at =
  (...addresses: readonly string[]) =>
  () =>
    Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));

describe('resolveMailServer', () => {
  it('gives a checked address of a public name, on the ports of mail', async () => {
    for (const port of [25, 465, 587, 2525])
      expect(
        await resolveMailServer('smtp.example.com', port, { allowedHosts: [], resolve: at('93.184.216.34') }),
      ).toEqual({
        address: '93.184.216.34',
        name: 'smtp.example.com',
      });
  });

  it.each([
    ['127.0.0.1', 587],
    ['localhost', 587],
    ['[::1]', 25],
    ['169.254.169.254', 25],
    ['mail.lan', 587],
    ['smtp.example.com', 6379],
  ])('refuses %s:%d', async (host, port) => {
    await expect(
      resolveMailServer(host, port, { allowedHosts: [], resolve: at('93.184.216.34') }),
    ).rejects.toMatchObject({
      code: 'fetch_blocked',
    });
  });

  it('refuses a name with an internal address, even beside a public one', async () => {
    const resolve = at('93.184.216.34', '10.0.0.5');
    await expect(resolveMailServer('smtp.example.com', 587, { allowedHosts: [], resolve })).rejects.toMatchObject({
      code: 'fetch_blocked',
    });
  });

  it('allows an internal server that the administrator allowed, with or without the port', async () => {
    for (const allowed of ['127.0.0.1', '127.0.0.1:2525'])
      expect(await resolveMailServer('127.0.0.1', 2525, { allowedHosts: [allowed] })).toEqual({
        address: '127.0.0.1',
        name: undefined,
      });
    await expect(resolveMailServer('127.0.0.1', 25, { allowedHosts: ['127.0.0.1:2525'] })).rejects.toMatchObject({
      code: 'fetch_blocked',
    });
  });
});

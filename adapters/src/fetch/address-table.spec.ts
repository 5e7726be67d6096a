import { describe, expect, it } from '@jest/globals';
import { HeddleError } from '@heddle/core';
import { checkUrl } from './check-url.js';
import { isPublicAddress } from './public-address.js';
import { isConnectedTo, pinnedLookup, resolveTarget } from './resolve-host.js';

const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'fine';
  } catch (error) {
    if (error instanceof HeddleError) return error.code;
    throw error;
  }
};

describe('checkUrl refuses', () => {
  it.each([
    // This machine
    'http://127.0.0.1/',
    'http://127.0.0.1:8080/x',
    'http://127.1/',
    'http://127.255.255.254/',
    'http://0/',
    'http://0.0.0.0/',
    'http://localhost/',
    'http://LOCALHOST/',
    'http://localhost./',
    'http://a.localhost/',
    'http://localhost.localdomain/',
    'http://[::1]/',
    'http://[::]/',
    'http://[0:0:0:0:0:0:0:1]/',
    // The same, in other spellings
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.0.0.1/',
    'http://017700000001/',
    'http://0177.0.0.1/',
    'http://127.0.1/',
    'http://127.000.000.001/',
    'http://1２7.0.0.1/',
    'http://①②⑦.⓪.⓪.①/',
    'http://127。0。0。1/',
    'http://127.0.0.1./',
    'http://%31%32%37.0.0.1/',
    'http:\\\\127.0.0.1\\',
    'http:///127.0.0.1/',
    // IPv4 inside IPv6
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[::FFFF:A9FE:A9FE]/',
    'http://[0:0:0:0:0:ffff:10.0.0.1]/',
    'http://[::127.0.0.1]/',
    'http://[64:ff9b::127.0.0.1]/',
    'http://[64:ff9b::a00:1]/',
    'http://[64:ff9b:1::a00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[2002:a00:1::1]/',
    'http://[2001:0:a00:1::1]/',
    // Private networks
    'http://10.0.0.1/',
    'http://10.255.255.255/',
    'http://172.16.0.1/',
    'http://172.31.255.255/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://100.127.255.255/',
    'http://[fc00::1]/',
    'http://[fd12:3456::1]/',
    'http://[fe80::1]/',
    'http://[fec0::1]/',
    // Metadata of clouds
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://0xA9FEA9FE/',
    'http://[fd00:ec2::254]/',
    'http://metadata.google.internal/',
    'http://100.100.100.200/',
    'http://168.63.129.16/',
    'http://192.0.0.192/',
    // Not for hosts: documentation, multicast, reserved
    'http://192.0.2.1/',
    'http://198.51.100.1/',
    'http://203.0.113.1/',
    'http://198.18.0.1/',
    'http://224.0.0.1/',
    'http://240.0.0.1/',
    'http://255.255.255.255/',
    'http://[ff02::1]/',
    'http://[2001:db8::1]/',
    'http://[3fff::1]/',
    'http://[100::1]/',
    // Names in local networks
    'http://printer/',
    'http://printer.local/',
    'http://wiki.corp/',
    'http://router.home.arpa/',
    'http://db.internal./',
    // Other schemes and shapes
    'file:///etc/passwd',
    'ftp://example.com/',
    'gopher://example.com/',
    'data:text/plain,x',
    'javascript:1',
    'jar:http://example.com!/',
    'blob:https://example.com/x',
    '//example.com/',
    'example.com',
    '',
    'http://',
    'http://user@example.com/',
    'http://user:pass@example.com/',
    'http://example.com@127.0.0.1/',
    'https://example.com:22/',
    'https://example.com:6379/',
    'http://example.com:25/',
    `https://example.com/${'x'.repeat(9_000)}`,
  ])('%s', (url) => {
    expect(codeOf(() => checkUrl(url, []))).toBe('fetch_blocked');
  });
});

describe('checkUrl allows', () => {
  it.each([
    'https://example.com/',
    'http://example.com:8080/a?b#c',
    'https://EXAMPLE.com./',
    'https://93.184.216.34/',
    'https://8.8.8.8/',
    'https://172.15.0.1/',
    'https://172.32.0.1/',
    'https://100.63.0.1/',
    'https://100.128.0.1/',
    'https://11.0.0.1/',
    'https://169.253.0.1/',
    'https://[2606:2800:220:1:248:1893:25c8:1946]/',
    'https://[::ffff:8.8.8.8]/',
    'https://[64:ff9b::8.8.8.8]/',
    'https://localhost.example.com/',
    'https://bücher.example/',
    'https://127.0.0.1.nip.io/',
  ])('%s', (url) => {
    expect(codeOf(() => checkUrl(url, []))).toBe('fine');
  });

  it('hosts that the administrator allowed, and no others', () => {
    const allowed = ['wiki.corp', '10.0.0.5:8080', '*.lan', '[::1]:9000', '*.dev:81'];
    for (const url of [
      'http://wiki.corp/',
      'http://WIKI.corp:99/',
      'http://10.0.0.5:8080/',
      'http://a.b.lan/',
      'http://[::1]:9000/',
      'http://x.dev:81/',
    ])
      expect(codeOf(() => checkUrl(url, allowed))).toBe('fine');
    for (const url of [
      'http://wiki.corp.local/',
      'http://10.0.0.5/',
      'http://10.0.0.6:8080/',
      'http://lan/',
      'http://evil-lan/',
      'http://[::1]/',
      'http://a.wiki.corp/',
      'http://user@wiki.corp/',
    ])
      expect(codeOf(() => checkUrl(url, allowed))).toBe('fetch_blocked');
  });
});

describe('isPublicAddress', () => {
  it.each(['', 'x', '1.2.3', '1.2.3.4.5', '999.1.1.1', 'fe80::1%eth0', '::1%lo', ':::', '12345::'])(
    'refuses %j',
    (address) => {
      expect(isPublicAddress(address)).toBe(false);
    },
  );
});

describe('resolveTarget', () => {
  const target = checkUrl('https://name.example/', []);
  const resolveTo = (...addresses: string[]) =>
    resolveTarget(target, () =>
      Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))),
    );

  it('returns public addresses, and refuses a name when one of its addresses is internal', async () => {
    expect(await resolveTo('93.184.216.34', '2606:2800:220:1::1')).toHaveLength(2);
    for (const address of [
      '127.0.0.1',
      '10.1.1.1',
      '169.254.169.254',
      '::1',
      '::ffff:10.0.0.1',
      'fd00::1',
      '64:ff9b::7f00:1',
      'fe80::1%eth0',
    ]) {
      await expect(resolveTo('93.184.216.34', address)).rejects.toMatchObject({
        code: 'fetch_blocked',
        message: expect.not.stringContaining(address),
      });
    }
  });

  it('says that a name cannot be found', async () => {
    await expect(resolveTo()).rejects.toMatchObject({ code: 'fetch_failed', retryable: true });
    await expect(resolveTarget(target, () => Promise.reject(new Error('ENOTFOUND')))).rejects.toMatchObject({
      code: 'fetch_failed',
    });
  });

  it('gives sockets only checked addresses', () => {
    const lookup = pinnedLookup([
      { address: '93.184.216.34', family: 4 },
      { address: '2606::1', family: 6 },
    ]);
    const seen: unknown[] = [];
    lookup('anything.example', { all: true }, (...given) => seen.push(given));
    lookup('anything.example', { family: 6 }, (...given) => seen.push(given));
    lookup('anything.example', {}, (...given) => seen.push(given));
    expect(seen).toEqual([
      [
        null,
        [
          { address: '93.184.216.34', family: 4 },
          { address: '2606::1', family: 6 },
        ],
      ],
      [null, '2606::1', 6],
      [null, '93.184.216.34', 4],
    ]);
    pinnedLookup([{ address: '93.184.216.34', family: 4 }])('x', { family: 6 }, (error) =>
      expect(error).toMatchObject({ code: 'ENOTFOUND' }),
    );
  });

  it('recognises a connection that leads elsewhere', () => {
    const addresses = [
      { address: '93.184.216.34', family: 4 },
      { address: '2606:0:0::1', family: 6 },
    ];
    for (const remote of ['93.184.216.34', '::ffff:93.184.216.34', '2606::1', '2606:0:0:0:0:0:0:1'])
      expect(isConnectedTo(remote, addresses)).toBe(true);
    for (const remote of ['127.0.0.1', '::1', undefined, '', '2606::2'])
      expect(isConnectedTo(remote, addresses)).toBe(false);
  });
});

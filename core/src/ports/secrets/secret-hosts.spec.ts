import { describe, expect, it } from '@jest/globals';
import { allowsSecretHost, checkSecretHost, secretHostOf, secretHostOfUrl } from './secret-hosts.js';

describe('hosts of secrets', () => {
  it.each([
    ['API.Example.com', 'api.example.com'],
    ['api.example.com.', 'api.example.com'],
    ['api.example.com:443', 'api.example.com'],
    ['api.example.com:8443', 'api.example.com:8443'],
    [' *.Example.com ', '*.example.com'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['0x7f.1', '127.0.0.1'],
    ['[::1]:80', '[::1]:80'],
    ['localhost:3000', 'localhost:3000'],
  ])('reads %s as %s', (given, host) => {
    expect(secretHostOf(given)).toBe(host);
  });

  it.each([
    ...[
      '',
      '*',
      '*.com',
      '*.',
      '*.10.0.0.1',
      '*.[::1]',
      'a.*.com',
      'https://a.example',
      'a.example/x',
      'a b',
      'u@a.example',
    ],
    ...['a.example?x', 'a.example#x', 'a.example\\x', '%61.example', 'a.example:99999', '**.example.com'],
  ])('refuses %p', (given) => {
    expect(secretHostOf(given)).toBeUndefined();
  });

  const hosts = ['api.example.com', '*.example.org', 'crm.lan:80', '10.0.0.5:8080', '*.b.example:8443'];
  it.each([
    'https://api.example.com/v1',
    'https://API.EXAMPLE.COM./v1',
    'https://api.example.com:443/',
    'https://eu.example.org/',
    'https://a.b.example.org/',
    'http://crm.lan/x',
    'http://10.0.0.5:8080/',
    'http://0x0a.0.0.5:8080/',
    'https://x.b.example:8443/',
  ])('lets a secret go to %s', (url) => {
    expect(allowsSecretHost(hosts, new URL(url))).toBe(true);
  });

  it.each([
    'http://api.example.com/',
    'https://api.example.com:8443/',
    'https://api.example.com.evil.example/',
    'https://evil.example/api.example.com',
    'https://api.example.com@evil.example/',
    'https://xapi.example.com/',
    'https://example.org/',
    'https://evilexample.org/',
    'https://crm.lan/',
    'http://10.0.0.5/',
    'http://10.0.0.50:8080/',
    'https://x.b.example/',
    'https://аpi.example.com/',
  ])('does not let a secret go to %s', (url) => {
    expect(allowsSecretHost(hosts, new URL(url))).toBe(false);
  });

  it('names the host to add in the error, and allows the request once it is added', () => {
    for (const address of ['http://127.0.0.1:4000/x', 'https://a.example/', 'http://b.example/', 'https://[::1]:8/']) {
      const url = new URL(address);
      const card = { name: 'key', hosts: ['other.example'], needsHost: false };
      const host = secretHostOfUrl(url);
      expect(() => checkSecretHost(card, url)).toThrow(
        expect.objectContaining({ code: 'secret_host_refused', retryable: false, details: { secret: 'key', host } }),
      );
      expect(() => checkSecretHost({ ...card, hosts: [host] }, url)).not.toThrow();
      for (const unknown of [
        { ...card, hosts: [] },
        { ...card, needsHost: true },
      ])
        expect(() => checkSecretHost(unknown, url)).toThrow(expect.objectContaining({ code: 'secret_needs_host' }));
    }
  });
});

import type { SafeFetch } from '@heddle/core';
import type { SourceConnectorSubject } from '@heddle/core/testing';
import { createSafeFetch } from '../../fetch/index.js';

type TestRequest = Pick<NonNullable<SourceConnectorSubject['request']>, 'fetch'>;

/**
 * The fetch for connectors in specs: `site.test` and other names that end in `.test` resolve to this machine, and only those are allowed.
 */
export const testFetch = (port: number): TestRequest => ({ fetch: openFetch(port) });

/** The fetch for connectors in specs, with a secret for requests to `site.test`. */
export function testFetchWith(port: number, token: string): TestRequest {
  const real = openFetch(port);
  const fetch: SafeFetch['fetch'] = ({ signIn, ...request }) => {
    if (signIn === undefined) return real.fetch(request);
    const { header, scheme, user } = signIn;
    return real.fetch(request, {
      name: 'test',
      value: () => Promise.resolve(token),
      hosts: [`site.test:${port}`],
      needsHost: false,
      header,
      scheme,
      user: user ?? '',
    });
  };
  return { fetch: { destination: real.destination, fetch } };
}

const openFetch = (port: number): ReturnType<typeof createSafeFetch> =>
  createSafeFetch({
    allowedHosts: [`site.test:${port}`, `other.test:${port}`],
    resolve: (host) => Promise.resolve([{ address: host.endsWith('.test') ? '127.0.0.1' : '10.0.0.1', family: 4 }]),
  });

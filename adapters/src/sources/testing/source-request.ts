import type { SourceConnectorSubject } from '@heddle/core/testing';
import { createSafeFetch } from '../../fetch/index.js';

/** The fetch of a connector in specs: `site.test` and other names with `.test` stand for this machine, and only those are allowed. */
export function testFetch(port: number): Pick<NonNullable<SourceConnectorSubject['request']>, 'fetch'> {
  return {
    fetch: createSafeFetch({
      allowedHosts: [`site.test:${port}`, `other.test:${port}`],
      resolve: (host) => Promise.resolve([{ address: host.endsWith('.test') ? '127.0.0.1' : '10.0.0.1', family: 4 }]),
    }),
  };
}

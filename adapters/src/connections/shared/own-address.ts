import type { Connection } from '@heddle/core';
import type { SchemaSupport } from '../provider.js';

/**
 * How reliably an endpoint enforces schemas. A vendor enforces them at its own address. A server of another vendor that uses the same
 * format may ignore the schema, so its answers are held back, checked and repaired.
 */
export function supportAt({ baseUrl }: Connection, ownHosts: readonly string[]): SchemaSupport {
  if (baseUrl === undefined) return 'sure';
  const { hostname } = new URL(baseUrl);
  return ownHosts.some((own) => hostname === own || hostname.endsWith(`.${own}`)) ? 'sure' : 'likely';
}

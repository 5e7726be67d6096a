import type { Connection } from '@heddle/core';
import type { SchemaSupport } from '../provider.js';

/**
 * How far a vendor's schema can be relied on: at its own address it is enforced. A server that others built and that speaks its
 * format may leave the schema unread, so that there the answer is held, checked and mended.
 */
export function supportAt({ baseUrl }: Connection, ownHosts: readonly string[]): SchemaSupport {
  if (baseUrl === undefined) return 'sure';
  const { hostname } = new URL(baseUrl);
  return ownHosts.some((own) => hostname === own || hostname.endsWith(`.${own}`)) ? 'sure' : 'likely';
}

import { isIP } from 'node:net';
import type { CheckedHost } from '@heddle/core';
import { checkUrl, type AllowedHost, type Target } from './check-url.js';
import { resolveTarget, systemResolve, type Resolve } from './resolve-host.js';

/**
 * Checks a server with a protocol other than HTTP by the rules of the safe fetch: it must be on the public internet, or the administrator
 * must allow the host or the host with this port. Every port is allowed, because the caller speaks the protocol of the port. Errors:
 * `fetch_blocked`, `fetch_failed`.
 *
 * @example const { address } = await checkHost('db.example.com', 5432, { allowedHosts: [] });
 */
export async function checkHost(
  host: string,
  port: number,
  {
    allowedHosts,
    resolve = systemResolve,
  }: { readonly allowedHosts: readonly AllowedHost[]; readonly resolve?: Resolve },
): Promise<CheckedHost> {
  const bare = host.replace(/^\[|\]$/g, '');
  const written = isIP(bare) === 6 ? `[${bare}]` : bare;
  const target =
    allowedTarget(`https://${written}:${port}`, allowedHosts) ??
    // `checkUrl` refuses the ports of other protocols, so the host is checked with port 443.
    checkUrl(`https://${written}:443`, []);
  const [first] = await resolveTarget(target, resolve);
  return { address: first?.address ?? bare, name: isIP(bare) === 0 ? bare : undefined };
}

function allowedTarget(url: string, allowedHosts: readonly AllowedHost[]): Target | undefined {
  if (!URL.canParse(url)) return undefined;
  try {
    const target = checkUrl(url, allowedHosts);
    return target.isAllowed ? target : undefined;
  } catch {
    return undefined;
  }
}

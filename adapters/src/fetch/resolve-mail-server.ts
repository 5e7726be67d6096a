import { isIP } from 'node:net';
import { checkUrl, type AllowedHost, type Target } from './check-url.js';
import { resolveTarget, systemResolve, type Address, type Resolve } from './resolve-host.js';

interface MailServer {
  /** The name that its certificate must have; undefined if the host is an address. */
  readonly name: string | undefined;
  /** A checked address. Connect to it instead of the name, which could resolve differently by then. */
  readonly address: string;
}

/**
 * Checks a mail server by the rules of the safe fetch: it must be on the public internet, or the administrator must allow it. In addition,
 * the ports of mail are permitted. Errors: `fetch_blocked`, `fetch_failed`.
 *
 * @example const { address, name } = await resolveMailServer('smtp.example.com', 587, { allowedHosts: [] });
 */
export async function resolveMailServer(
  host: string,
  port: number,
  {
    allowedHosts,
    resolve = systemResolve,
  }: { readonly allowedHosts: readonly AllowedHost[]; readonly resolve?: Resolve },
): Promise<MailServer> {
  const bare = host.replace(/^\[|\]$/g, '');
  const written = isIP(bare) === 6 ? `[${bare}]` : bare;
  const target =
    allowedTarget(`https://${written}:${port}`, allowedHosts) ??
    // `checkUrl` refuses the ports of mail, so the host is checked with port 443.
    checkUrl(`https://${written}:${mailPorts.has(port) ? 443 : port}`, []);
  const addresses: readonly Address[] = await resolveTarget(target, resolve);
  return { address: addresses[0]?.address ?? bare, name: isIP(bare) === 0 ? bare : undefined };
}

const mailPorts: ReadonlySet<number> = new Set([25, 465, 587, 2525]);

/** The target, if the administrator allowed the host or the host with this port. */
function allowedTarget(url: string, allowedHosts: readonly AllowedHost[]): Target | undefined {
  try {
    const target = checkUrl(url, allowedHosts);
    return target.isAllowed ? target : undefined;
  } catch {
    return undefined;
  }
}

import { HeddleError } from '../../errors/heddle-error.js';

const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/**
 * Returns the normal form of an allowed host: lower case, no final dot, international names in ASCII, IP addresses in canonical form,
 * without the default port of https://. Undefined if the text is not a host.
 *
 * @example secretHostOf('API.Example.com:443') // 'api.example.com'
 */
export function secretHostOf(text: string): string | undefined {
  const given = text.trim();
  const isWild = given.startsWith('*.');
  const rest = isWild ? given.slice(2) : given;
  if (rest === '' || /[\s/?#@\\*%]/.test(rest) || !URL.canParse(`https://${rest}`)) return undefined;
  const host = hostOf(new URL(`https://${rest}`));
  if (!isWild) return host;
  const name = host.replace(/:\d+$/, '');
  // A wildcard for a top-level domain would cover hosts of many owners, and an IP address has no subdomains.
  return ipv4.test(name) || name.startsWith('[') || !name.includes('.') ? undefined : `*.${host}`;
}

/**
 * Returns the host of a URL in the form of an allowed host: with its port, unless that is the default port of https://.
 *
 * @example secretHostOfUrl(new URL('http://crm.lan/x')) // 'crm.lan:80'
 */
export function secretHostOfUrl(url: URL): string {
  return url.protocol === 'https:' ? hostOf(url) : `${nameOf(url)}:${url.port === '' ? '80' : url.port}`;
}

/**
 * Whether a secret with these allowed hosts may be sent to an address. A host without a port means https:// with the default port; `*.`
 * matches every subdomain, but not the domain itself.
 *
 * @example allowsSecretHost(['*.example.com'], new URL('https://eu.api.example.com/v1')) // true
 */
export function allowsSecretHost(hosts: readonly string[], url: URL): boolean {
  const wanted = secretHostOfUrl(url);
  const isNumber = ipv4.test(nameOf(url)) || wanted.startsWith('[');
  return hosts.some((entry) => {
    const host = secretHostOf(entry);
    if (host === undefined) return false;
    return host.startsWith('*.') ? !isNumber && wanted.endsWith(host.slice(1)) : wanted === host;
  });
}

/**
 * Throws if a secret must not be sent to an address; the message says where to allow it. Errors: `secret_host_refused`,
 * `secret_needs_host`.
 */
export function checkSecretHost(
  { name, hosts, needsHost }: { readonly name: string; readonly hosts: readonly string[]; readonly needsHost: boolean },
  url: URL,
): void {
  if (allowsSecretHost(hosts, url)) return;
  const host = secretHostOfUrl(url);
  const way = 'on the Secrets page or with heddle secrets set';
  const details = { secret: name, host };
  if (needsHost || hosts.length === 0)
    throw new HeddleError(
      'secret_needs_host',
      `The secret '${name}' has no allowed host. To send it to '${host}', an owner must add this host to the secret ${way}.`,
      { details, retryable: false },
    );
  throw new HeddleError(
    'secret_host_refused',
    `The secret '${name}' must not be sent to '${host}'. To allow it, an owner must add this host to the secret ${way}.`,
    { details, retryable: false },
  );
}

const nameOf = ({ hostname }: URL): string => hostname.toLowerCase().replace(/\.$/, '');
const hostOf = (url: URL): string => (url.port === '' ? nameOf(url) : `${nameOf(url)}:${url.port}`);

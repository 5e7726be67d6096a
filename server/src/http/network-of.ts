import { isIPv4, isIPv6 } from 'node:net';

/**
 * The network of an address, by which rate limits count: the owner of one IPv6 address usually owns all 2^64 of its /64.
 *
 * @example networkOf('2001:db8:1:2::9') // '2001:db8:1:2::/64'
 */
export function networkOf(address: string): string {
  const bare = address.split('%')[0] ?? address;
  if (!isIPv6(bare)) return address;
  const mapped = /^::ffff:(.+)$/i.exec(bare)?.[1] ?? '';
  if (isIPv4(mapped)) return mapped;
  // The canonical form, without leading zeros and with `::` expanded.
  const [head = '', tail = ''] = new URL(`http://[${bare}]`).hostname.slice(1, -1).split('::');
  const [front, back] = [head, tail].map((part) => part.split(':').filter((group) => group !== ''));
  const zeros = Array.from({ length: 8 - (front?.length ?? 0) - (back?.length ?? 0) }, () => '0');
  return `${[...(front ?? []), ...zeros, ...(back ?? [])].slice(0, 4).join(':')}::/64`;
}

import { visibleText } from './visible-text.js';

const schemes = new Set(['http:', 'https:', 'mailto:']);

/**
 * The address of a safe link; undefined for anything but web and mail, such as `javascript:` or `data:`.
 *
 * @example safeLink('javascript:alert(1)') // undefined
 */
export function safeLink(address: string): string | undefined {
  try {
    const url = new URL(address.trim());
    return schemes.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined; // A relative address would lead into Heddle, which its author cannot mean.
  }
}

/** Whether an address has no scheme, as a path in a repository: there is nothing to open, and nothing to warn of. */
export const isRelative = (address: string): boolean => !/^(?:[a-z][\w+.-]*:|\/\/)/i.test(address.trim());

/** The attributes of a link to another page, which learns nothing of this one. */
export const linkAttributes = (address: string) => ({
  href: address,
  target: '_blank',
  rel: 'noreferrer noopener nofollow',
  title: visibleText(address),
});

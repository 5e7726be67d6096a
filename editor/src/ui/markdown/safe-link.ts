import { visibleText } from './visible-text.js';

const schemes = new Set(['http:', 'https:', 'mailto:']);

/**
 * Returns the address if it is a web or mail address; undefined for any other, such as `javascript:` or `data:`.
 *
 * @example safeLink('javascript:alert(1)') // undefined
 */
export function safeLink(address: string): string | undefined {
  try {
    const url = new URL(address.trim());
    return schemes.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined; // A relative address would lead into Heddle, which the author of the text cannot mean.
  }
}

/** Whether an address has no scheme, such as a path in a repository: it is not opened, and needs no warning. */
export const isRelative = (address: string): boolean => !/^(?:[a-z][\w+.-]*:|\/\/)/i.test(address.trim());

/** The attributes of a link to another site. They keep that site from learning anything about this page. */
export const linkAttributes = (address: string) => ({
  href: address,
  target: '_blank',
  rel: 'noreferrer noopener nofollow',
  title: visibleText(address),
});

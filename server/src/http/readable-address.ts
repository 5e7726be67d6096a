import type { IncomingMessage } from 'node:http';
import { wantsPage } from './static-editor.js';

/**
 * The address of a request, as it can be routed: where a person opens a page whose path cannot be decoded, each percent sign stands
 * for itself, so that the editor opens and says what is not there. What a program asks stays as it is, and is refused.
 *
 * @example readableAddress({ method: 'GET', url: '/workflows/%zz', headers: { accept: 'text/html' } }) // '/workflows/%25zz'
 */
export function readableAddress({
  method,
  url = '/',
  headers,
}: Pick<IncomingMessage, 'method' | 'url' | 'headers'>): string {
  if (!url.includes('%')) return url;
  const path = url.split('?')[0] ?? '';
  if (isDecodable(path) || (method !== 'GET' && method !== 'HEAD') || !wantsPage(url, headers.accept)) return url;
  return path.replaceAll('%', '%25') + url.slice(path.length);
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

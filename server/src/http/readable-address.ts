import type { IncomingMessage } from 'node:http';
import { wantsPage } from './static-editor.js';

/**
 * The address of a request, as the router gets it. If a person opens a page whose path cannot be decoded, its percent signs are escaped, so
 * that the editor opens and reports a missing page. Requests of programs stay unchanged and are refused.
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

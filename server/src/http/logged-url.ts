/**
 * An address for logs, without secrets: one-time links, tickets and codes in the query of sign-in, and the token of a share in its path.
 */
export function loggedUrl(url: string): string {
  if (/^\/(?:sign-in|api\/auth)\b/.test(url)) return url.split('?')[0] ?? url;
  return url.replace(/^(\/(?:v1\/)?share\/)[^/?]+/, '$1…');
}

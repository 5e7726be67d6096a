/**
 * Removes secrets from an address for logs: one-time links, tickets and codes in the query of a sign-in, and the token in the path of a
 * share.
 */
export function loggedUrl(url: string): string {
  if (/^\/(?:sign-in|api\/auth)\b/.test(url)) return url.split('?')[0] ?? url;
  return url.replace(/^(\/(?:v1\/)?share\/)[^/?]+/, '$1…');
}

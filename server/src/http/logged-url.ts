/**
 * An address as logs may hold it: one-time links, tickets and codes stand in the query of sign-in, and the token of a share in its
 * path. They are nobody else's to read.
 */
export function loggedUrl(url: string): string {
  if (/^\/(?:sign-in|api\/auth)\b/.test(url)) return url.split('?')[0] ?? url;
  return url.replace(/^(\/(?:v1\/)?share\/)[^/?]+/, '$1…');
}

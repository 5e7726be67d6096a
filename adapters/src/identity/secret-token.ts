import { hash, randomBytes } from 'node:crypto';

/** A random token of 256 bits, after a prefix that says what it is. @example newToken('hk') // 'hk_Zm9v…' */
export function newToken(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** What is stored of a token. It has 256 random bits, so one fast hash is enough. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'base64url');
}

/** An id that reveals nothing. @example newId('u') // 'u_3f2a…' */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(8).toString('hex')}`;
}

import { hash, randomBytes } from 'node:crypto';

/** Creates a random token of 256 bits. The prefix says what the token is for. @example newToken('hk') // 'hk_Zm9v…' */
export function newToken(prefix: string): string {
  return `${prefix}_${randomBytes(32).toString('base64url')}`;
}

/** The hash under which a token is stored. A token has 256 random bits, so one fast hash is enough. */
export function hashToken(token: string): string {
  return hash('sha256', token, 'base64url');
}

/** Creates a random id, which reveals nothing. @example newId('u') // 'u_3f2a…' */
export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(8).toString('hex')}`;
}

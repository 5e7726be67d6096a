import { createCipheriv, createDecipheriv, createSecretKey, KeyObject, randomBytes } from 'node:crypto';
import { HeddleError } from '@heddle/core';

/** The version of the sealed format: version, id of the key, nonce, tag, ciphertext. A later version can use another cipher or key. */
const version = 1;
const nonceBytes = 12;
const tagBytes = 16;

/** Converts a key for the cipher. Node accepts a buffer too, but takes five times as long with it. */
const secretOf = (key: Buffer | KeyObject): KeyObject => (key instanceof KeyObject ? key : createSecretKey(key));

/** Encrypts a value with AES-256-GCM under a fresh nonce. The name is bound to the value, so that rows cannot be swapped. */
export function seal(key: Buffer | KeyObject, name: string, value: string | Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', secretOf(key), nonce, { authTagLength: tagBytes });
  cipher.setAAD(additional(name));
  const body = Buffer.concat([
    typeof value === 'string' ? cipher.update(value, 'utf8') : cipher.update(value),
    cipher.final(),
  ]);
  return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), body]);
}

/** Decrypts what `seal` returned. Errors: `secret_unreadable` if the key or the name is a different one, or the row was changed. */
export const unseal = (key: Buffer | KeyObject, name: string, sealed: Uint8Array): string =>
  unsealBytes(key, name, sealed).toString('utf8');

/** Does the same for a value that is not text. */
export function unsealBytes(key: Buffer | KeyObject, name: string, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (bytes[0] !== version || bytes.length < 1 + nonceBytes + tagBytes)
    throw unreadable(name, 'it was written by a newer Heddle, or is damaged');
  const nonce = bytes.subarray(1, 1 + nonceBytes);
  const tag = bytes.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes);
  try {
    const decipher = createDecipheriv('aes-256-gcm', secretOf(key), nonce, { authTagLength: tagBytes });
    decipher.setAAD(additional(name));
    decipher.setAuthTag(tag);
    const body = bytes.subarray(1 + nonceBytes + tagBytes);
    return Buffer.concat([decipher.update(body), decipher.final()]);
  } catch {
    throw unreadable(name, 'the key file is not the one it was stored with, or the row was changed');
  }
}

const additional = (name: string): Buffer => Buffer.from(`heddle-secret:${version}:${name}`, 'utf8');

function unreadable(name: string, reason: string): HeddleError {
  return new HeddleError(
    'secret_unreadable',
    `The secret '${name}' cannot be opened: ${reason}. Put the right secret.key back, or set the secret again.`,
    { details: { secret: name } },
  );
}

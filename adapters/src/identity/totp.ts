import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const stepMs = 30_000;

/** A new secret for an authenticator app: 160 bits, in base 32. */
export function newTotpSecret(): string {
  return toBase32(randomBytes(20));
}

/** The code of a time step (RFC 6238 with SHA-1 and 6 digits, what every app takes). */
export function totpCode(secret: string, counter: number, digits = 6): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const digest = createHmac('sha1', fromBase32(secret)).update(message).digest();
  const offset = (digest.at(-1) ?? 0) & 0x0f;
  const number = (digest.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits;
  return String(number).padStart(digits, '0');
}

/**
 * The time step that a code belongs to, one before and one after now included; undefined where the code is wrong or its step is
 * not after `usedStep`: a code is good once.
 */
export function matchTotp(secret: string, code: string, now: number, usedStep = -1): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const current = Math.floor(now / stepMs);
  return [current, current - 1, current + 1].find(
    (step) => step > usedStep && timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code)),
  );
}

/** The address that authenticator apps read from a picture. */
export function totpAddress(secret: string, account: string): string {
  return `otpauth://totp/Heddle:${encodeURIComponent(account)}?secret=${secret}&issuer=Heddle`;
}

/** Ten codes for the day on which the phone is gone; each is good once. */
export function newRecoveryCodes(): readonly string[] {
  return Array.from({ length: 10 }, () =>
    toBase32(randomBytes(10))
      .toLowerCase()
      .replace(/(.{4})(?=.)/g, '$1-'),
  );
}

export function toBase32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  return (bits.match(/.{1,5}/g) ?? []).map((group) => alphabet[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}

function fromBase32(text: string): Buffer {
  const bits = Array.from(text, (letter) => letter)
    .map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

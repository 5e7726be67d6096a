import type { SafeResponse } from '@heddle/core';

const hidden = '[secret]';

/**
 * The forms in which a reply may contain a secret that was sent: unchanged, or encoded as in headers, URLs, forms, JSON, HTML and base64.
 * None for a secret of less than four characters, which occurs in any text by chance.
 */
export function formsOf(secret: string, headerValue: string): readonly string[] {
  if (secret.length < 4) return [];
  const inJson = JSON.stringify(secret).slice(1, -1);
  const forms = [
    secret,
    inJson,
    inJson.replaceAll('/', '\\/'),
    JSON.stringify(inJson).slice(1, -1),
    Array.from(secret, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    encodeURIComponent(secret),
    new URLSearchParams({ v: secret }).toString().slice(2),
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;'),
    Buffer.from(secret).toString('hex'),
    headerValue.replace(/^(?:Basic|Bearer) /, ''),
    ...base64Of(secret),
  ];
  return [...new Set(forms)].filter((form) => form.length >= 4).sort((a, b) => b.length - a.length);
}

/** Base64 as it stands alone, and the part of it that is the same whatever stands before and behind. */
function base64Of(secret: string): readonly string[] {
  const whole = Buffer.from(secret).toString('base64');
  const inner = [0, 1, 2].map((shift) =>
    Buffer.from('x'.repeat(shift) + secret)
      .toString('base64')
      .replace(/=+$/, '')
      .slice(shift === 0 ? 0 : 4, -4),
  );
  const long = inner.filter((text) => text.length >= 12);
  const all = [whole, ...long];
  return [...all, ...all.map((text) => text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''))];
}

/** A text without the secret in any of its forms. */
export function cleanText(text: string, forms: readonly string[]): string {
  return forms.reduce((left, form) => left.split(form).join(hidden), text);
}

/** A reply without the secret that went with the request: what a receiver says back must not carry it to any reader. */
export function withoutSecret(reply: SafeResponse, forms: readonly string[]): SafeResponse {
  if (forms.length === 0) return reply;
  const clean = (text: string): string => cleanText(text, forms);
  return {
    status: reply.status,
    url: clean(reply.url),
    headers: Object.fromEntries(Object.entries(reply.headers).map(([name, value]) => [clean(name), clean(value)])),
    body: cleanBytes(reply.body, forms),
  };
}

/** As UTF-8 and as UTF-16 write it. Latin-1 has a sign for each byte, so nothing else of the body changes. */
function cleanBytes(body: Uint8Array, forms: readonly string[]): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const found = forms
    .flatMap((form) => {
      const wide = Buffer.from(form, 'utf16le');
      return [Buffer.from(form), wide, Buffer.from(wide).swap16()];
    })
    .filter((form) => bytes.includes(form));
  if (found.length === 0) return body;
  return Buffer.from(
    found.reduce((left, form) => left.split(form.toString('latin1')).join(hidden), bytes.toString('latin1')),
    'latin1',
  );
}

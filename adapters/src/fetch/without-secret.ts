import type { SafeResponse } from '@heddle/core';

const hidden = '[secret]';

/**
 * The forms in which a reply may contain a secret that was sent: unchanged, or encoded as in headers, URLs, forms, JSON, HTML and base64.
 * There are none for a secret of fewer than four characters, which could occur in any text by chance.
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

/** The secret in base64, encoded alone, and the part of its encoding that stays the same whatever text surrounds it. */
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

/** Replaces the secret in a text, in all of its forms. */
export function cleanText(text: string, forms: readonly string[]): string {
  return forms.reduce((left, form) => left.split(form).join(hidden), text);
}

/** Replaces the secret of the request in its reply, so that a server that repeats it reveals it to no reader. */
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

/** Replaces the forms as UTF-8 and as UTF-16. Latin-1 has a character for each byte, so the rest of the body stays the same. */
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

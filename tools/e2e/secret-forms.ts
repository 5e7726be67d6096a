/** The forms in which a value can occur in other data: unchanged, and encoded as base64, URL, JSON or hex. */
export function formsOf(value: string): readonly Buffer[] {
  const base64 = [0, 1, 2].map((shift) =>
    // A part of the base64 text is the same whatever precedes the value; only its offset within three bytes matters.
    Buffer.from('x'.repeat(shift) + value)
      .toString('base64')
      .replace(/=+$/, '')
      .slice(shift === 0 ? 0 : 4, -4),
  );
  const json = JSON.stringify(value).slice(1, -1);
  const forms = [
    value,
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    encodeURIComponent(value),
    new URLSearchParams({ v: value }).toString().slice(2),
    json,
    JSON.stringify(json).slice(1, -1),
    Array.from(value, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
    Buffer.from(value).toString('hex'),
  ];
  return [...new Set(forms)].map((text) => Buffer.from(text));
}

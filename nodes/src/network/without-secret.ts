import type { Reply } from './read-reply.js';

const hidden = '[secret]';

/** The forms in which a place that was sent a secret may say it back: as it is, and as headers and JSON carry it. */
export function formsOf(secret: string, headerValues: readonly string[]): readonly string[] {
  if (secret.length < 4) return [];
  const inJson = JSON.stringify(secret).slice(1, -1);
  const carried = headerValues.map((value) => value.replace(/^(?:Basic|Bearer) /, ''));
  const again = JSON.stringify(inJson).slice(1, -1);
  return [...new Set([secret, inJson, again, encodeURIComponent(secret), ...carried])].sort(
    (a, b) => b.length - a.length,
  );
}

/** A reply without the secret that went with the request: what a place says back must not carry it into the journal. */
export function withoutSecret(reply: Reply, forms: readonly string[]): Reply {
  if (forms.length === 0) return reply;
  const clean = (text: string): string => forms.reduce((left, form) => left.split(form).join(hidden), text);
  return {
    ...reply,
    url: clean(reply.url),
    headers: Object.fromEntries(Object.entries(reply.headers).map(([name, value]) => [name, clean(value)])),
    ...(reply.text === undefined ? {} : { text: clean(reply.text) }),
  };
}

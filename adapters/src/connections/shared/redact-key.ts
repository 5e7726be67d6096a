export const redacted = '[key]';

/** Matches the forms of keys that providers issue, for keys that are not ours. */
const keyLike =
  /\b(?:sk|pk|rk|gsk|xai)[-_][A-Za-z0-9._~+/*-]{8,}=*|\bBearer\s+[A-Za-z0-9._~+/*-]{8,}=*|\bAIza[A-Za-z0-9_-]{20,}/g;

/**
 * Removes keys from a text of another program: the given keys, also if they are encoded as a URL, JSON or base64 or are cut off, and
 * anything that has the form of a key.
 */
export function redactKeys(text: string, keys: readonly string[]): string {
  let clean = text;
  for (const key of keys) {
    if (key.length < 4) continue;
    for (const form of formsOf(key)) clean = clean.split(form).join(redacted);
    if (key.length >= 16) clean = clean.replace(startsWith(key.slice(0, 12)), redacted);
  }
  return clean.replace(keyLike, redacted);
}

function formsOf(key: string): readonly string[] {
  const base64 = Buffer.from(key).toString('base64');
  return [key, encodeURIComponent(key), JSON.stringify(key).slice(1, -1), base64, base64.replace(/=+$/, '')];
}

const startsWith = (start: string): RegExp =>
  new RegExp(`${start.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')}[^\\s"'<>,]*`, 'g');

import type { Finding } from './finding.js';

/** What stood where a placeholder stands: what `restore` puts back. It carries the label of the text it came from. */
export interface Redactions {
  /** By placeholder, such as `<EMAIL_1>`. */
  readonly values: Readonly<Record<string, string>>;
  /** How many of each kind. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Placeholders have this form; a text that holds one already is escaped, so that nobody can forge one. */
const placeholderPattern = /<[A-Z][A-Z0-9_]{0,31}_[1-9]\d{0,5}>/g;

/** Kind of the placeholders that stand for text which looked like a placeholder. */
export const literalKind = 'TEXT';

/** Gives placeholders out: the same value gets the same one, over all pieces of a text. */
export interface Placeholders {
  /** Replaces findings (in order, without overlaps) and everything that looks like a placeholder. */
  redact(text: string, findings: readonly Finding[]): string;
  readonly redactions: Redactions;
}

export function createPlaceholders(): Placeholders {
  const byValue = new Map<string, string>();
  const values = new Map<string, string>();
  const counts = new Map<string, number>();
  const numbers = new Map<string, number>();
  const placeholderOf = (kind: string, value: string): string => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    const key = `${kind} ${value}`;
    const known = byValue.get(key);
    if (known !== undefined) return known;
    const number = (numbers.get(kind) ?? 0) + 1;
    numbers.set(kind, number);
    const placeholder = `<${kind}_${number}>`;
    byValue.set(key, placeholder);
    values.set(placeholder, value);
    return placeholder;
  };
  const escape = (text: string): string =>
    text.replace(placeholderPattern, (literal) => placeholderOf(literalKind, literal));
  return {
    redact(text, findings) {
      const parts: string[] = [];
      let at = 0;
      for (const { kind, start, end } of findings) {
        parts.push(escape(text.slice(at, start)), placeholderOf(kind, text.slice(start, end)));
        at = end;
      }
      parts.push(escape(text.slice(at)));
      return parts.join('');
    },
    get redactions() {
      return { values: Object.fromEntries(values), counts: Object.fromEntries(counts) };
    },
  };
}

/** Puts back what stood there; a placeholder that was never given out stays as it is. One pass: what is put back is not read again. */
export function restoreText(text: string, { values }: Pick<Redactions, 'values'>): string {
  return text.replace(placeholderPattern, (placeholder) =>
    Object.hasOwn(values, placeholder) ? (values[placeholder] ?? placeholder) : placeholder,
  );
}

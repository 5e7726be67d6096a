import type { Finding } from './finding.js';

/** The original values of placeholders, for `restore`. They carry the label of the original text. */
export interface Redactions {
  /** The values by placeholder, such as `<EMAIL_1>`. */
  readonly values: Readonly<Record<string, string>>;
  /** How many values of each kind there are. */
  readonly counts: Readonly<Record<string, number>>;
}

/** The form of placeholders. Text of this form in the input is replaced too, so that nobody can forge a placeholder. */
const placeholderPattern = /<[A-Z][A-Z0-9_]{0,31}_[1-9]\d{0,5}>/g;

/** The kind of placeholders for text that resembles a placeholder. */
export const literalKind = 'TEXT';

/** Creates placeholders. The same value always gets the same one, across all parts of a text. */
export interface Placeholders {
  /** Replaces the findings (in order, without overlaps) and all text that looks like a placeholder. */
  redact(text: string, findings: readonly Finding[]): string;
  readonly redactions: Redactions;
}

/** Creates an empty set of placeholders. */
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

/** Replaces placeholders by their values; unknown ones stay. Works in one pass, so that restored text is not searched again. */
export function restoreText(text: string, { values }: Pick<Redactions, 'values'>): string {
  return text.replace(placeholderPattern, (placeholder) =>
    Object.hasOwn(values, placeholder) ? (values[placeholder] ?? placeholder) : placeholder,
  );
}

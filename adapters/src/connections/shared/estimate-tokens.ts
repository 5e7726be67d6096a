/**
 * Splits a text into pieces that stand for tokens, without a provider's tokenizer: up to four letters, up to three digits, one other
 * character, or one character of a non-Latin script (two pieces above the basic plane). For prose the count is slightly above that of
 * providers, so it is suitable for budgets.
 */
export function* estimatePieces(text: string): Generator<readonly [start: number, end: number]> {
  let index = 0;
  while (index < text.length) {
    const kind = kindAt(text, index);
    const start = index;
    index += kind === 'wide' ? 2 : 1;
    if (kind === 'space') {
      // A single space belongs to the word after it, as in byte pair encodings.
      if (text.charCodeAt(start) === 32 && index < text.length && kindAt(text, index) === 'letter') {
        index = endOf(text, index, 'letter', 4);
      } else index = endOf(text, index, 'space', 8);
    } else if (kind === 'letter') index = endOf(text, index, 'letter', 3);
    else if (kind === 'digit') index = endOf(text, index, 'digit', 2);
    yield [start, Math.min(index, text.length)];
  }
}

/** Estimates the tokens of a text by the number of its `estimatePieces`. */
export function estimateTokens(text: string): number {
  let count = 0;
  for (const [start] of estimatePieces(text)) count += text.charCodeAt(start) >= 0xd800 && isWide(text, start) ? 2 : 1;
  return count;
}

/**
 * Cuts a text to what the model reads, because providers refuse longer texts. An empty text becomes ` .`, because they refuse empty ones
 * too.
 */
export function cutTo(text: string, maxTokens: number): string {
  if (text.trim() === '') return ' .';
  if (text.length <= maxTokens) return text;
  let count = 0;
  for (const [, end] of estimatePieces(text)) if ((count += 1) >= maxTokens) return text.slice(0, end);
  return text;
}

type Kind = 'letter' | 'digit' | 'space' | 'other' | 'wide';

function kindAt(text: string, index: number): Kind {
  const code = text.charCodeAt(index);
  if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) return 'letter';
  if (code >= 48 && code <= 57) return 'digit';
  if (code === 32 || (code >= 9 && code <= 13)) return 'space';
  return isWide(text, index) ? 'wide' : 'other';
}

function isWide(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code >= 0xd800 && code <= 0xdbff && index + 1 < text.length;
}

function endOf(text: string, from: number, kind: Kind, most: number): number {
  let index = from;
  while (index < text.length && index - from < most && kindAt(text, index) === kind) index += 1;
  return index;
}

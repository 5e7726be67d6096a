import type { Segment } from '../../markdown/mark-tokens.js';

/** A quote with the offsets that a citation gives for it. */
interface Quote {
  readonly quoteStart: number;
  readonly quoteEnd: number;
  readonly quote: string;
}

/**
 * Splits a text at its quotes and joins quotes that overlap. If a quote is not at its offsets, the text is searched for it; if it is not
 * found, it is left out.
 */
export function highlightParts(text: string, quotes: readonly Quote[]): readonly Segment[] {
  const spans = quotes.flatMap((quote) => spanOf(text, quote)).sort((a, b) => a.start - b.start);
  const parts: Segment[] = [];
  let at = 0;
  for (const { start, end } of spans) {
    const from = Math.max(at, start);
    if (end <= from) continue;
    if (from > at) parts.push({ text: text.slice(at, from), isMarked: false });
    const last = parts.at(-1);
    if (last?.isMarked === true && from === at)
      parts[parts.length - 1] = { text: last.text + text.slice(from, end), isMarked: true };
    else parts.push({ text: text.slice(from, end), isMarked: true });
    at = end;
  }
  if (at < text.length) parts.push({ text: text.slice(at), isMarked: false });
  return parts;
}

function spanOf(
  text: string,
  { quoteStart, quoteEnd, quote }: Quote,
): readonly { readonly start: number; readonly end: number }[] {
  if (quote === '') return [];
  if (text.slice(quoteStart, quoteEnd) === quote) return [{ start: quoteStart, end: quoteEnd }];
  const found = text.indexOf(quote);
  return found === -1 ? [] : [{ start: found, end: found + quote.length }];
}

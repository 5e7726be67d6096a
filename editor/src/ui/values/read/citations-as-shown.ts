import { citationParts } from '../../markdown/citation-parts.js';
import { markedText } from '../../markdown/marks/marked-text.js';

/** A citation with the number that a reader sees; `number` is the number in the text of the answer. */
export type AsShown<Cited> = Cited & { readonly shown: number };

/**
 * Numbers citations in the order in which an answer shows them. Citations without a mark in the answer follow. The list of sources uses the
 * same order and numbers.
 *
 * @example citationsAsShown('Paid on the 27th [3].', citations)[0] // { number: 3, shown: 1, … }
 */
export function citationsAsShown<
  Cited extends { readonly number: number; readonly sentences?: readonly string[] | undefined },
>(text: string, citations: readonly Cited[]): readonly AsShown<Cited>[] {
  const known = new Set(citations.map(({ number }) => number));
  const marked = citationParts(withoutCode(markedText(text, citations)), (number) => known.has(number)).flatMap(
    (part) => (part.kind === 'reference' ? [part.number] : []),
  );
  const order = [...new Set([...marked, ...known])];
  const shownOf = new Map(order.map((number, index) => [number, index + 1]));
  return citations
    .map((citation) => ({ ...citation, shown: shownOf.get(citation.number) ?? citation.number }))
    .sort((a, b) => a.shown - b.shown);
}

/** A number in brackets inside code is not a citation. */
const withoutCode = (text: string): string => text.replace(/```[\s\S]*?(?:```|$)|`[^`\n]*`/g, ' ');

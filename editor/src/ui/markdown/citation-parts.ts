/** A part of an answer: text, or the number of a citation. */
type AnswerPart =
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'reference'; readonly number: number };

/** Splits an answer at references such as `[1]` and `[1, 2]`, if the numbers are those of citations. */
export function citationParts(text: string, isKnown: (number: number) => boolean): readonly AnswerPart[] {
  const parts: AnswerPart[] = [];
  let from = 0;
  for (const match of text.matchAll(/\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]/g)) {
    const numbers = (match[1] ?? '').split(',').map(Number);
    if (!numbers.every(isKnown)) continue;
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index).replace(/ $/, '\u2009') });
    for (const number of numbers) parts.push({ kind: 'reference', number });
    from = match.index + match[0].length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

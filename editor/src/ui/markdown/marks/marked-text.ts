/** A source and the sentences that it supports. */
interface SentenceSource {
  readonly number: number;
  readonly sentences?: readonly string[] | undefined;
}

/**
 * Adds the mark of its source, such as `[1]`, after each sentence that has a source. A sentence that already names its source stays as it
 * is, and so does a sentence that the answer does not contain literally.
 *
 * @example markedText('It is 48 euros.', [{ number: 1, sentences: ['It is 48 euros.'] }]) // 'It is 48 euros. [1]'
 */
export function markedText(text: string, citations: readonly SentenceSource[]): string {
  const marks = new Map<number, Set<number>>();
  for (const { number, sentences = [] } of citations)
    for (const sentence of sentences) {
      const start = sentence === '' || namesSource(sentence, number) ? -1 : text.indexOf(sentence);
      if (start < 0) continue;
      const end = start + sentence.length;
      marks.set(end, (marks.get(end) ?? new Set()).add(number));
    }
  let marked = '';
  let from = 0;
  for (const [end, numbers] of [...marks].sort(([one], [other]) => one - other)) {
    marked += `${text.slice(from, end)} [${[...numbers].sort((one, other) => one - other).join(', ')}]`;
    from = end;
  }
  return marked + text.slice(from);
}

function namesSource(sentence: string, number: number): boolean {
  return [...sentence.matchAll(/\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]/g)].some((match) =>
    (match[1] ?? '').split(/[,;]/).map(Number).includes(number),
  );
}

/** Further sentences would say more about the document than about the passage. */
const mostSentences = 2;
const mostCharacters = 400;

/** Reads the header from the reply of a model: its first sentences, on one line. Undefined if there is none. */
export function readHeader(reply: string): string | undefined {
  const text = reply
    .replaceAll(/<think>[\s\S]*?(<\/think>|$)/g, ' ')
    .replaceAll(/<\/?(?:document|passage)-[0-9a-f]{12}>/g, ' ')
    .replaceAll(/\p{Cc}|\s+/gu, ' ')
    .replaceAll(/ {2,}/g, ' ')
    .replaceAll(/^[\s"'“”`*]+|[\s"'“”`*]+$/gu, '');
  const sentences = [...new Intl.Segmenter(undefined, { granularity: 'sentence' }).segment(text.slice(0, 4_000))];
  const first = sentences
    .slice(0, mostSentences)
    .map(({ segment }) => segment)
    .join('')
    .trim();
  const cut = first.length <= mostCharacters ? first : first.slice(0, mostCharacters).replace(/\s+\S*$/u, '');
  return /[\p{L}\p{N}]/u.test(cut) ? cut : undefined;
}

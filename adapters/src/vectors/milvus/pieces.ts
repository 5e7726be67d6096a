/** Characters in a piece: at most three bytes each, so a piece fits in a text field of Milvus. */
const longest = 20_000;

/** Cuts a text into pieces that fit in one field. No piece ends inside a character. */
export function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = Math.min(text.length, start + longest);
    if (end < text.length && isFirstHalf(text.charCodeAt(end - 1))) end -= 1;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

const isFirstHalf = (code: number): boolean => code >= 0xd800 && code < 0xdc00;

export const joined = (pieces: readonly string[]): string => pieces.join('');

/** Characters of a piece: three bytes each at most, below what a text field of Milvus takes. */
const longest = 20_000;

/** A text in pieces that one field takes, none of which ends within a character. */
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

/** The text of pieces. */
export const joined = (pieces: readonly string[]): string => pieces.join('');

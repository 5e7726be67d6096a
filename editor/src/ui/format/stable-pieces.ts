/** Long enough that there are few pieces, short enough that laying out the last one again is cheap. */
const pieceLength = 600;

/**
 * Splits a growing text into pieces that stay the same while it grows, so that a browser lays out only the last one again. Joined they are
 * the text; no piece starts with the second half of a character.
 */
export function stablePieces(text: string): readonly string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length;) {
    let end = start + pieceLength;
    const code = text.charCodeAt(end);
    if (code >= 0xdc00 && code <= 0xdfff) end += 1;
    pieces.push(text.slice(start, end));
    start = end;
  }
  return pieces;
}

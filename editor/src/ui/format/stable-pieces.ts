/** The length of a piece in characters: long enough for few pieces, short enough that laying out the last one again is cheap. */
const pieceLength = 600;

/**
 * Splits a growing text into pieces. Earlier pieces stay the same while the text grows, so that the browser lays out only the last one
 * again. Together they are the text, and no character is split between two pieces.
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

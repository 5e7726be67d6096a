/** Long enough that there are few of them, short enough that shaping the last one again costs nothing. */
const pieceLength = 600;

/**
 * Cuts a growing text into pieces that stay what they are while it grows, so that a browser shapes only the last one again. Joined
 * they are the text; no piece begins with the second half of a character.
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

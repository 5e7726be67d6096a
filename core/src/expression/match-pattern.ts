/** Maximum length of a pattern in characters. */
const maxPatternLength = 256;

/**
 * Whether a whole text matches a pattern in which `*` stands for any text and `?` for one character. It uses no regular expression:
 * it searches each part between stars from the left, so the time is linear in the text for a pattern of limited length.
 */
export function matchesPattern(text: string, pattern: string): boolean {
  if (pattern.length > maxPatternLength) return false;
  const pieces = pattern.split('*');
  const first = pieces[0] ?? '';
  const last = pieces.at(-1) ?? '';
  if (pieces.length === 1) return text.length === pattern.length && fitsAt(text, 0, pattern);
  if (
    text.length < first.length + last.length ||
    !fitsAt(text, 0, first) ||
    !fitsAt(text, text.length - last.length, last)
  )
    return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    while (at + piece.length <= end && !fitsAt(text, at, piece)) at += 1;
    if (at + piece.length > end) return false;
    at += piece.length;
  }
  return true;
}

function fitsAt(text: string, at: number, piece: string): boolean {
  for (let index = 0; index < piece.length; index += 1) {
    if (piece[index] !== '?' && piece[index] !== text[at + index]) return false;
  }
  return true;
}

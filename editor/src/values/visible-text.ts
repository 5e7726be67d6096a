/** Embeddings, overrides and isolates: what can make a text read otherwise than it is written. Marks such as U+200E change nothing by themselves. */
const turning = /[\u202A-\u202E\u2066-\u2069]/g;
/** Controls that have no look; tab and line ends keep theirs. */
const controls = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g;

/**
 * A text in which nothing hides: characters that turn the direction of what follows are named, and controls are pictured.
 *
 * @example visibleText('a\u202Eb') // 'a⟨U+202E⟩b'
 */
export function visibleText(text: string): string {
  return text
    .replace(turning, (character) => `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}⟩`)
    .replace(controls, (character) =>
      character === '\u007F' ? '\u2421' : String.fromCodePoint(0x2400 + (character.codePointAt(0) ?? 0)),
    );
}

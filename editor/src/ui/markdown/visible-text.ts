/** Embeddings, overrides and isolates, which can change how a text reads. Marks such as U+200E do nothing by themselves. */
const directionControls = /[\u202A-\u202E\u2066-\u2069]/g;
/** Invisible control characters, without tab and line ends. */
const controls = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F]/g;

/**
 * A text with its hidden characters shown: bidirectional controls are named, other controls are pictured.
 *
 * @example visibleText('a\u202Eb') // 'a⟨U+202E⟩b'
 */
export function visibleText(text: string): string {
  return text
    .replace(directionControls, (character) => `⟨U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}⟩`)
    .replace(controls, (character) =>
      character === '\u007F' ? '\u2421' : String.fromCodePoint(0x2400 + (character.codePointAt(0) ?? 0)),
    );
}

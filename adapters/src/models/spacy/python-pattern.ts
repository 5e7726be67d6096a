/** Escapes that mean the same in Python and JavaScript with the flag `u`. */
const kept = new Set('sSbBtnrvf^$\\.*+?()[]{}|/u0'.split(''));

/** Converts a regular expression of Python's `re`, as in spaCy's tokenizers, to JavaScript. */
export function patternOf(python: string, flags = 'u'): RegExp {
  let source = '';
  let isClass = false;
  for (let at = 0; at < python.length; at += 1) {
    const character = python[at] ?? '';
    if (character === '\\') {
      at += 1;
      const escaped = python[at] ?? '';
      if (escaped === 'U') {
        source += `\\u{${python.slice(at + 1, at + 9)}}`;
        at += 8;
      } else if (escaped === 'w') source += isClass ? '\\p{L}\\p{N}_' : '[\\p{L}\\p{N}_]';
      else if (escaped === 'd') source += '\\p{Nd}';
      else if (escaped === '-') source += isClass ? '\\-' : '-';
      else source += kept.has(escaped) ? `\\${escaped}` : escaped;
    } else if (isClass) {
      isClass = character !== ']';
      source += character === '[' ? '\\[' : character;
    } else {
      isClass = character === '[';
      source += character;
    }
  }
  return new RegExp(source.replace(/^\(\?u\)/, ''), flags);
}

/**
 * Parses truncated JSON: open lists and objects are closed after the last complete entry. Returns undefined if no entry is complete. A text
 * that is cut inside its first string keeps the part that is there.
 *
 * @example completeJson('{"rows":[{"a":1},{"a":') // { rows: [{ a: 1 }] }
 */
export function completeJson(cut: string): unknown {
  const marks = findCuts(cut);
  for (const { at, closers } of marks.toReversed()) {
    const parsed = parse(cut.slice(0, at) + closers);
    if (parsed.ok) return parsed.value;
  }
  return undefined;
}

interface Cut {
  readonly at: number;
  readonly closers: string;
}

/** The last four positions at which the text can end, the last one at the end. Nearly always that one works. */
function findCuts(text: string): readonly Cut[] {
  const stack: string[] = [];
  let last: Cut[] = [];
  let isInString = false;
  let stringFrom = 0;
  const mark = (at: number, closers: string): void => {
    last = [...last.slice(-3), { at, closers }];
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isInString) {
      if (character === '\\') at += 1;
      else if (character === '"') isInString = false;
      continue;
    }
    if (character === '"') {
      isInString = true;
      stringFrom = at;
    } else if (character === '{' || character === '[') {
      const isEntry = stack.at(-1) === ']';
      stack.push(character === '{' ? '}' : ']');
      // An empty list entry is useless; the list can end before it.
      if (!isEntry) mark(at + 1, stack.toReversed().join(''));
    } else if (character === '}' || character === ']') {
      stack.pop();
      mark(at + 1, stack.toReversed().join(''));
    } else if (character === ',') mark(at, stack.toReversed().join(''));
  }
  // The beginning of a long string is worth showing. An escape sequence that is cut in two is left out.
  if (isInString) {
    const body = text.slice(stringFrom).replace(/\\(?:u[0-9a-f]{0,3})?$/i, '');
    mark(stringFrom + body.length, `"${stack.toReversed().join('')}`);
  }
  return last;
}

function parse(text: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch {
    return { ok: false };
  }
}

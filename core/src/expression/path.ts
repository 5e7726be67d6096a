import { forbiddenNames } from '../values/json/json.js';

/** The path to a value inside another value: keys and list indexes, outermost first. */
export type Path = readonly (string | number)[];

/** The result of reading a path. It distinguishes a missing value from null. */
export type Found = { readonly found: true; readonly value: unknown } | { readonly found: false };

const absent: Found = { found: false };
const namePattern = /^[A-Za-z_][A-Za-z0-9_-]{0,63}/;
const indexPattern = /^\[(-?\d{1,9})\]/;
const quotedPattern = /^\["([^"\\]{0,200})"\]/;

/**
 * Parses a path such as `answer.items[0].name`, `rows[-1]` or `data["two words"]`; undefined if the text is not a path.
 *
 * @example parsePath('items[0].name') // ['items', 0, 'name']
 */
export function parsePath(text: string): Path | undefined {
  const path: (string | number)[] = [];
  let rest = text;
  while (rest !== '') {
    const isFirst = path.length === 0;
    if (rest.startsWith('[')) {
      const index = indexPattern.exec(rest);
      const quoted = index === null ? quotedPattern.exec(rest) : null;
      const match = index ?? quoted;
      if (isFirst || match === null) return undefined;
      path.push(index === null ? (match[1] ?? '') : Number(match[1]));
      rest = rest.slice(match[0].length);
      continue;
    }
    if (!isFirst && !rest.startsWith('.')) return undefined;
    const name = namePattern.exec(isFirst ? rest : rest.slice(1));
    if (name === null) return undefined;
    path.push(name[0]);
    rest = rest.slice(name[0].length + (isFirst ? 0 : 1));
  }
  return path.length === 0 ||
    path.length > 32 ||
    path.some((part) => typeof part === 'string' && forbiddenNames.has(part))
    ? undefined
    : path;
}

/** Formats a path as text. */
export function formatPath(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (namePattern.exec(part)?.[0] !== part) return `["${part}"]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** Reads a value at a path. Only own properties are read, so a prototype is never reached. A negative index counts from the end. */
export function readPath(value: unknown, path: Path): Found {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null) return absent;
    if (typeof part === 'number') {
      if (!Array.isArray(current)) return absent;
      const index = part < 0 ? current.length + part : part;
      if (!Object.hasOwn(current, index)) return absent;
      const list: readonly unknown[] = current;
      current = list[index];
      continue;
    }
    if (forbiddenNames.has(part) || !Object.hasOwn(current, part)) return absent;
    const entry: unknown = Object.getOwnPropertyDescriptor(current, part)?.value;
    current = entry;
  }
  return current === undefined ? absent : { found: true, value: current };
}

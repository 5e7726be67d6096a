import { sizeWithin, type ValueSize } from '../size-within.js';

/** A value up to this size is written in one step. */
const small: ValueSize = { values: 1_000, characters: 100_000 };

const pieceLength = 16_000;

interface Open {
  readonly value: object;
  /** Names of its members; undefined for a list. */
  readonly names: readonly string[] | undefined;
  readonly length: number;
  at: number;
  isEmpty: boolean;
}

/**
 * Writes a value like `JSON.stringify`, but in pieces, for values of many megabytes. Each piece takes about a millisecond. It is not
 * recursive, so depth is no problem. A surrogate pair may be written as two escapes, which is equivalent.
 *
 * @throws TypeError for a BigInt, like `JSON.stringify`. A cycle never ends.
 * @example [...jsonPieces({ a: [1, 2] })].join('') // '{"a":[1,2]}'
 */
export function* jsonPieces(root: unknown): Generator<string, void, void> {
  const open: Open[] = [];
  let text = '';
  let value = root;
  for (;;) {
    if (isWrittenAtOnce(value)) text += JSON.stringify(value) ?? 'null';
    else if (typeof value === 'string') {
      text += '"';
      for (let from = 0; from < value.length; from += small.characters) {
        yield text + JSON.stringify(value.slice(from, from + small.characters)).slice(1, -1);
        text = '';
      }
      text += '"';
    } else {
      const begun = opened(value);
      text += begun.names === undefined ? '[' : '{';
      open.push(begun);
    }
    if (text.length >= pieceLength) {
      yield text;
      text = '';
    }
    // Writes the next value of the innermost open list or object; at its end, closes it.
    for (;;) {
      const into = open.at(-1);
      if (into === undefined) {
        yield text;
        return;
      }
      if (into.at === into.length) {
        text += into.names === undefined ? ']' : '}';
        open.pop();
        continue;
      }
      const name = into.names?.[into.at] ?? into.at;
      into.at += 1;
      value = Reflect.get(into.value, name);
      if (into.names !== undefined && isLeftOut(value)) continue;
      text += into.isEmpty ? '' : ',';
      into.isEmpty = false;
      if (into.names !== undefined) text += `${JSON.stringify(name)}:`;
      break;
    }
  }
}

function isWrittenAtOnce(value: unknown): value is number | boolean | null | undefined {
  if (typeof value === 'string') return value.length <= small.characters;
  return typeof value !== 'object' || value === null || 'toJSON' in value || sizeWithin(value, small) !== undefined;
}

function opened(value: unknown): Open {
  if (Array.isArray(value)) return { value, names: undefined, length: value.length, at: 0, isEmpty: true };
  const object = Object(value) as object; // everything except objects and lists is written in one step
  const names = Object.keys(object);
  return { value: object, names, length: names.length, at: 0, isEmpty: true };
}

const isLeftOut = (value: unknown): boolean =>
  value === undefined || typeof value === 'function' || typeof value === 'symbol';

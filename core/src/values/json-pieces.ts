import { sizeWithin, type ValueSize } from './size-within.js';

/** What is written at once. */
const small: ValueSize = { values: 1_000, characters: 100_000 };

/** Characters of a piece, at least. */
const pieceLength = 16_000;

/** A list or an object that is being written, and where. */
interface Open {
  readonly value: object;
  /** Of its members; a list has none. */
  readonly names: readonly string[] | undefined;
  readonly length: number;
  at: number;
  isEmpty: boolean;
}

/**
 * A value as `JSON.stringify` writes it, in pieces, for values of many megabytes: each piece is a part of the text, and takes about a
 * millisecond. It does not call itself, so depth is no danger. A pair of surrogates may come as two escapes, which say the same.
 *
 * @throws TypeError for a BigInt, as `JSON.stringify`. A cycle has no end.
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
    // The next value of what is open; what is at its end is closed.
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
  const object = Object(value) as object; // what is not written at once is one
  const names = Object.keys(object);
  return { value: object, names, length: names.length, at: 0, isEmpty: true };
}

const isLeftOut = (value: unknown): boolean =>
  value === undefined || typeof value === 'function' || typeof value === 'symbol';

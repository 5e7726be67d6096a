import { HeddleError } from '../../errors/heddle-error.js';
import { endOfString } from '../end-of-string.js';
import { closeBrace, closeBracket, colon, comma, openBrace, openBracket, quote } from './json-signs.js';
import type { Steps } from '../steps.js';

/** Number of values to read between two pauses. */
const stretch = 2_000;

/** Number of characters of a string to read between two pauses. */
const longest = 250_000;

/**
 * Reads a JSON text like `JSON.parse`, but in steps. It refuses a number that is too large (`bad_json`) instead of reading it as infinity.
 * It is slower overall but never blocks for long, even on texts with very many values. It is not recursive, so depth is no problem.
 *
 * @throws SyntaxError like `JSON.parse`.
 * @example runThrough(readJson('{"a":[1,2]}')) // { a: [1, 2] }
 */
export function* readJson(text: string): Steps<unknown> {
  const source = new Source(text);
  const open: Container[] = [];
  for (let count = 1; ; count += 1) {
    if (count % stretch === 0) yield;
    const begun = source.begin();
    if (begun !== undefined && !source.takes(begun.end)) {
      begun.name = begun.isObject ? source.name() : '';
      open.push(begun);
      continue;
    }
    let value = begun === undefined ? ((yield* source.longString()) ?? source.scalar()) : begun.value;
    // The value is complete: add it to the open list or object, and close all lists and objects that end here.
    for (;;) {
      const into = open.at(-1);
      if (into === undefined) {
        source.end();
        return value;
      }
      put(into, value);
      if (source.takes(comma)) {
        into.name = into.isObject ? source.name() : '';
        break;
      }
      if (!source.takes(into.end)) throw source.failure();
      value = into.value;
      open.pop();
    }
  }
}

type Container =
  | { readonly isObject: true; readonly value: Record<string, unknown>; readonly end: number; name: string }
  | { readonly isObject: false; readonly value: unknown[]; readonly end: number; name: string };

function put(into: Container, value: unknown): void {
  if (!into.isObject) into.value.push(value);
  // An ordinary assignment to this name would set the prototype.
  else if (into.name === '__proto__')
    Object.defineProperty(into.value, into.name, { value, writable: true, enumerable: true, configurable: true });
  else into.value[into.name] = value;
}

/** A text and the position of the next character to read. */
class Source {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Reads an opening bracket; returns undefined if another value starts. */
  begin(): Container | undefined {
    if (this.takes(openBracket)) return { isObject: false, value: [], end: closeBracket, name: '' };
    return this.takes(openBrace) ? { isObject: true, value: {}, end: closeBrace, name: '' } : undefined;
  }

  /** Reads the next character if it is this one. */
  takes(sign: number): boolean {
    if (this.next() !== sign) return false;
    this.at += 1;
    return true;
  }

  /** Reads the name of a member and its colon. */
  name(): string {
    if (this.next() !== quote) throw this.failure();
    const name = this.string();
    if (!this.takes(colon)) throw this.failure();
    return name;
  }

  scalar(): unknown {
    const sign = this.next();
    if (sign === quote) return this.string();
    scalarPattern.lastIndex = this.at;
    const word = scalarPattern.exec(this.text)?.[0];
    if (word === undefined) throw this.failure();
    this.at += word.length;
    if (word === 'true' || word === 'false') return word === 'true';
    return word === 'null' ? null : finite(Number(word));
  }

  /** Reads a string that is too long for one step; returns undefined if something else comes next. */
  *longString(): Steps<string | undefined> {
    const { text } = this;
    if (text.length - this.at < longest || this.next() !== quote) return undefined;
    let from = this.at + 1;
    let to = endOfString(text, this.at, longest);
    if (to - from < longest && text.charCodeAt(to) === quote) return undefined;
    const parts: string[] = [];
    for (;;) {
      yield;
      if (to === text.length) {
        this.at = to;
        throw this.failure();
      }
      parts.push(JSON.parse(`"${text.slice(from, to)}"`) as string); // the parsed text is a quoted string
      if (text.charCodeAt(to) === quote) break;
      from = to;
      to = endOfString(text, from - 1, longest);
    }
    this.at = to + 1;
    return parts.join('');
  }

  end(): void {
    if (!Number.isNaN(this.next())) throw this.failure();
  }

  failure(): SyntaxError {
    const { at, text } = this;
    return at < text.length
      ? new SyntaxError(`Unexpected token '${text.slice(at, at + 10)}' at position ${at}`)
      : new SyntaxError('Unexpected end of JSON input');
  }

  /** The next non-space character; NaN at the end. */
  private next(): number {
    for (let count = 1; ; count += 1) {
      const sign = this.text.charCodeAt(this.at);
      if (sign !== 0x20 && sign !== 0x0a && sign !== 0x0d && sign !== 0x09) return sign;
      this.at += 1;
      // A regular expression skips many spaces much faster than a loop.
      if (count % 64 === 0) {
        spaces.lastIndex = this.at;
        spaces.test(this.text);
        this.at = spaces.lastIndex;
      }
    }
  }

  /**
   * Reads a string from its opening quote. `JSON.parse` decodes escapes and also copies the text; a substring would keep the whole text in
   * memory.
   */
  private string(): string {
    const { text, at } = this;
    const end = endOfString(text, at);
    this.at = end;
    if (end === text.length) throw this.failure();
    this.at += 1;
    const isShort = end - at <= longestCopy && !escapes.test(text.slice(at + 1, end));
    return isShort ? text.slice(at + 1, end) : (JSON.parse(text.slice(at, end + 1)) as string); // the parsed text is a quoted string
  }
}

function finite(number: number): number {
  if (Number.isFinite(number)) return number;
  throw new HeddleError('bad_json', 'The JSON has a number that is too large: send it as text.');
}

/** Characters that need `JSON.parse`: escapes and invalid control characters. */
const escapes = /[\\\0-\x1f]/;

/** A number, `true`, `false` or `null`. */
const scalarPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

const spaces = /[ \n\r\t]*/y;

/** V8 copies substrings up to this length. */
const longestCopy = 12;

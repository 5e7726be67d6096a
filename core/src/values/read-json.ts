import { HeddleError } from '../errors/heddle-error.js';
import { endOfString } from './end-of-string.js';
import { closeBrace, closeBracket, colon, comma, openBrace, openBracket, quote } from './json-signs.js';
import type { Steps } from './steps.js';

/** Values that are read without a pause. */
const stretch = 2_000;

/** Characters of a string that are read without a pause. */
const longest = 250_000;

/**
 * Reads a JSON text as `JSON.parse` does, in pieces, but refuses a number that is too large (`bad_json`) instead of reading it as infinity. For texts of very many values: it takes longer in all, and never long at once. It
 * keeps no stack of calls, so depth is no danger.
 *
 * @throws SyntaxError where `JSON.parse` would.
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
    // A whole value: it is put into what is open, and whatever ends with it is whole as well.
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
  // Set like any other, it would be the prototype.
  else if (into.name === '__proto__')
    Object.defineProperty(into.value, into.name, { value, writable: true, enumerable: true, configurable: true });
  else into.value[into.name] = value;
}

/** A text and the place up to which it is read. */
class Source {
  private readonly text: string;
  private at = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Takes an opening bracket; undefined where another value begins. */
  begin(): Container | undefined {
    if (this.takes(openBracket)) return { isObject: false, value: [], end: closeBracket, name: '' };
    return this.takes(openBrace) ? { isObject: true, value: {}, end: closeBrace, name: '' } : undefined;
  }

  /** Takes a sign if it is the next one. */
  takes(sign: number): boolean {
    if (this.next() !== sign) return false;
    this.at += 1;
    return true;
  }

  /** The name of a member, with its colon. */
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

  /** Reads a string that is too long to be read at once; undefined where something else comes. */
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
      parts.push(JSON.parse(`"${text.slice(from, to)}"`) as string); // it has its quotes
      if (text.charCodeAt(to) === quote) break;
      from = to;
      to = endOfString(text, from - 1, longest);
    }
    this.at = to + 1;
    return parts.join('');
  }

  /** Nothing may follow. */
  end(): void {
    if (!Number.isNaN(this.next())) throw this.failure();
  }

  failure(): SyntaxError {
    const { at, text } = this;
    return at < text.length
      ? new SyntaxError(`Unexpected token '${text.slice(at, at + 10)}' at position ${at}`)
      : new SyntaxError('Unexpected end of JSON input');
  }

  /** The next sign that is no space; NaN at the end. */
  private next(): number {
    for (let count = 1; ; count += 1) {
      const sign = this.text.charCodeAt(this.at);
      if (sign !== 0x20 && sign !== 0x0a && sign !== 0x0d && sign !== 0x09) return sign;
      this.at += 1;
      // Of very many the platform finds the end many times faster.
      if (count % 64 === 0) {
        spaces.lastIndex = this.at;
        spaces.test(this.text);
        this.at = spaces.lastIndex;
      }
    }
  }

  /** A string, from its quote on. The platform's parser knows escapes, and copies: a part of the text would keep all of it in memory. */
  private string(): string {
    const { text, at } = this;
    const end = endOfString(text, at);
    this.at = end;
    if (end === text.length) throw this.failure();
    this.at += 1;
    const isShort = end - at <= longestCopy && !escapes.test(text.slice(at + 1, end));
    return isShort ? text.slice(at + 1, end) : (JSON.parse(text.slice(at, end + 1)) as string); // it begins and ends with quotes
  }
}

function finite(number: number): number {
  if (Number.isFinite(number)) return number;
  throw new HeddleError('bad_json', 'The JSON has a number that is too large: write it as a text.');
}

/** What makes a string other than it is written, or no string at all. */
const escapes = /[\\\0-\x1f]/;

/** A number, or one of the three words. */
const scalarPattern = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

const spaces = /[ \n\r\t]*/y;

/** Up to this length V8 copies a part of a text. */
const longestCopy = 12;

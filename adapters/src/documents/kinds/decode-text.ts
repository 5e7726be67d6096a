import { HeddleError, readableExtensions } from '@heddle/core';
import { analyse } from 'chardet';
import iconv from 'iconv-lite';
import { isWrittenText } from './is-written-text.js';
import { guessEncoding } from './guess-encoding.js';

const sampleBytes = 64 * 1024;
/** Shorter content is too short for statistics: the decoded text must then look like text that a person wrote. */
const enoughBytes = 64;
/** In shorter content, zero bytes are no evidence of UTF-16. */
const leastWide = 16;

/**
 * Decodes bytes of unknown encoding: byte order mark, then strict UTF-8, then UTF-16 by its zero bytes, then statistics.
 *
 * Errors: `document_type` if the bytes are not text.
 */
export function decodeText(bytes: Uint8Array): string {
  return normaliseNewlines(decodeBytes(bytes));
}

/** Converts all line ends to newlines and removes a byte order mark. */
export function normaliseNewlines(text: string): string {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  return bare.includes('\r') ? bare.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : bare;
}

function decodeBytes(bytes: Uint8Array): string {
  const marked = byteOrderMark(bytes);
  if (marked !== undefined) return decoded(bytes, marked);
  const strict = strictUtf8(bytes);
  if (strict !== undefined) {
    if (isBinary(bytes)) throw binary(bytes);
    return strict;
  }
  const wide = utf16(bytes);
  if (wide !== undefined) return decoded(bytes, wide);
  if (isBinary(bytes)) throw binary(bytes);
  const said = declared(bytes);
  if (said !== undefined) return decoded(bytes, said);
  const text = decoded(bytes, guess(bytes));
  if (bytes.length < enoughBytes ? !isWrittenText(text) : isUnlikely(bytes)) throw binary(bytes);
  return text;
}

function decoded(bytes: Uint8Array, encoding: string): string {
  return iconv.decode(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), encoding);
}

function strictUtf8(bytes: Uint8Array): string | undefined {
  if (utf16(bytes) !== undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined; // not UTF-8: the next rule decides
  }
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  const [a, b, c, d] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? 'utf-32le' : 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  return a === 0 && b === 0 && c === 0xfe && d === 0xff ? 'utf-32be' : undefined;
}

/**
 * Latin text in UTF-16 has a zero in every other byte, always at odd or always at even offsets. A table of binary numbers may have them
 * too, but decodes to control characters or unassigned code points.
 */
function utf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const length = Math.min(bytes.length, sampleBytes) & ~1;
  if (length < leastWide || (bytes.length < enoughBytes && bytes.length % 2 === 1)) return undefined;
  const zeros = [0, 0];
  for (let index = 0; index < length; index += 1)
    if (bytes[index] === 0) zeros[index & 1] = (zeros[index & 1] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const half = length / 2;
  const isLittle = odd > half * 0.4 && even < half * 0.05;
  const isBig = even > half * 0.4 && odd < half * 0.05;
  if (!isLittle && !isBig) return undefined;
  const encoding = isLittle ? 'utf-16le' : 'utf-16be';
  const text = decoded(bytes.subarray(0, length), encoding);
  const strange = text.match(strangeSigns)?.length ?? 0;
  return strange <= (length < enoughBytes ? 0 : text.length * 0.02) ? encoding : undefined;
}

/** Control characters and unassigned code points. A surrogate pair that is cut at the end of the sample does not count. */
const strangeSigns = /[\p{Cn}\p{Co}\ufffd]|(?![\t\n\f\r])\p{Cc}|\p{Cs}(?!$)/gu;

/** The encoding that an HTML page or an XML part declares. A declared UTF-8 is ignored, because it was ruled out earlier. */
function declared(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1');
  const name = /<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*["']?([\w-]{2,40})/i.exec(head)?.[1];
  if (name === undefined || /^utf/i.test(name) || !iconv.encodingExists(name)) return undefined;
  return /^(iso-?8859-1|latin-?1|us-ascii)$/i.test(name) ? 'windows-1252' : name;
}

function guess(bytes: Uint8Array): string {
  for (const { name, confidence } of analyse(bytes.subarray(0, sampleBytes))) {
    // Not certain enough: the most common encoding is used.
    if (confidence < 15) break;
    if (name === 'UTF-8' || name.startsWith('UTF-16') || name.startsWith('UTF-32')) continue; // ruled out above
    if (name === 'ISO-8859-1') return 'windows-1252'; // a superset that real files use
    if (iconv.encodingExists(name)) return name;
  }
  return 'windows-1252';
}

/** Text has hardly any control characters other than tab, line ends and form feed. */
function isBinary(bytes: Uint8Array): boolean {
  const length = Math.min(bytes.length, sampleBytes);
  let control = 0;
  for (let index = 0; index < length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte === 127 || (byte < 32 && byte !== 9 && byte !== 10 && byte !== 13 && byte !== 12 && byte !== 27))
      control += byte === 0 ? 4 : 1;
  }
  return control > length * 0.02;
}

/**
 * Whether bytes that could be an old encoding are probably not text: one byte makes up most of them, or they are long and have hardly any
 * spaces.
 */
function isUnlikely(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, sampleBytes);
  const counts = new Uint32Array(256);
  let spaces = 0;
  for (const byte of sample) {
    counts[byte] = (counts[byte] ?? 0) + 1;
    if (byte === 32 || (byte >= 9 && byte <= 13)) spaces += 1;
  }
  const highest = Math.max(...counts.subarray(128));
  return highest > sample.length / 2 || (sample.length > 4096 && spaces < sample.length / 1000);
}

function binary(bytes: Uint8Array): HeddleError {
  const encoding = guessEncoding(bytes);
  return new HeddleError(
    'document_type',
    encoding === undefined
      ? `The content is neither text nor a document format that Heddle reads: give ${readableExtensions.join(', ')}. A short text in an old encoding is read when it is saved as UTF-8.`
      : `The content seems to be text in ${encoding}, which cannot be determined: save it as UTF-8.`,
    encoding === undefined ? {} : { details: { encoding } },
  );
}

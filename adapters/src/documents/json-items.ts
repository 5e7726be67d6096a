import { HeddleError, parseJson } from '@heddle/core';

/** A value of a data file with its 1-based number (line or item), or the reason why it cannot be read. */
export interface DataItem {
  readonly number: number;
  readonly value?: unknown;
  readonly error?: HeddleError;
}

const newline = 10;

/** Yields the values of JSON Lines, one for each non-empty line. The error of a line: `document_damaged` or `document_too_large`. */
export function* jsonLines(bytes: Uint8Array, maxBytes: number): Generator<DataItem> {
  let number = 0;
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(newline, start);
    const end = found < 0 ? bytes.length : found;
    number += 1;
    const item = readItem(bytes, start, end, number, `line ${number}`, maxBytes);
    if (item !== undefined) yield item;
    start = end + 1;
  }
}

/**
 * Yields the items of a JSON array one by one, so that a large file does not block the process. The errors of items are as in `jsonLines`.
 */
export function* jsonArrayItems(bytes: Uint8Array, maxBytes: number): Generator<DataItem> {
  let depth = 0;
  let isString = false;
  let isEscaped = false;
  let start = 0;
  let number = 0;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (isString) {
      if (isEscaped) isEscaped = false;
      else if (byte === 0x5c) isEscaped = true;
      else if (byte === 0x22) isString = false;
      continue;
    }
    if (byte === 0x22) isString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth === 1) start = index + 1;
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1;
    if (!((byte === 0x2c && depth === 1) || depth === 0) || index < start) continue;
    if (start === 0) continue; // white space before the array
    number += 1;
    const item = readItem(bytes, start, index, number, `item ${number}`, maxBytes);
    if (item !== undefined) yield item;
    start = index + 1;
    if (depth === 0) return;
  }
  yield {
    number: number + 1,
    error: new HeddleError('document_damaged', `The JSON array ends inside item ${number + 1}: the file is cut off.`),
  };
}

function readItem(
  bytes: Uint8Array,
  start: number,
  end: number,
  number: number,
  place: string,
  maxBytes: number,
): DataItem | undefined {
  const size = end - start;
  if (size > maxBytes) {
    const message = `Its ${place} has ${size} bytes, more than the ${maxBytes} that one record may have: split it.`;
    return {
      number,
      error: new HeddleError('document_too_large', message, { details: { place, size, limit: maxBytes } }),
    };
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, end)).trim();
    return text === '' ? undefined : { number, value: parseJson(text, Infinity, Infinity) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `Its ${place} is not valid JSON in UTF-8 (${reason}): fix it or leave it out.`;
    return { number, error: new HeddleError('document_damaged', message, { cause, details: { place } }) };
  }
}

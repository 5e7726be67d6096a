import { open } from 'node:fs/promises';
import { decodeText } from './decode-text.js';
import { mediaTypes, hintedKind } from './kinds.js';
import { sniffText } from './sniff-text.js';

const unknownType = 'application/octet-stream';
/** A text is recognised by its beginning. */
const headBytes = 64 * 1024;

/**
 * The media type of a file by its bytes. What its sender says about it is not asked; the end of its name decides only between kinds of
 * text that look alike. Bytes of no known form are `application/octet-stream`.
 */
export async function sniffMediaType(content: Uint8Array, name?: string): Promise<string> {
  const { fileTypeFromBuffer } = await import('file-type');
  const found = await fileTypeFromBuffer(content).catch(() => undefined); // cut short or damaged: it has no known form
  return found?.mime ?? textTypeOf(content, name);
}

/** The same for a file on the disk, which is not read as a whole. */
export async function sniffMediaTypeOfFile(path: string, name?: string): Promise<string> {
  const { fileTypeFromFile } = await import('file-type');
  const found = await fileTypeFromFile(path).catch(() => undefined); // as above
  return found?.mime ?? textTypeOf(await headOf(path), name);
}

async function headOf(path: string): Promise<Uint8Array> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function textTypeOf(content: Uint8Array, name: string | undefined): string {
  const text = textOf(content);
  return text === undefined ? unknownType : mediaTypes[sniffText(text, hintedKind(name, undefined))];
}

/** The beginning of a text, in whichever encoding documents are read; undefined for bytes that are none. */
function textOf(content: Uint8Array): string | undefined {
  const head = content.subarray(0, headBytes);
  try {
    // Streaming leaves out a character that the cut went through.
    if (!head.includes(0)) return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    // Not UTF-8: the next rule decides.
  }
  try {
    return decodeText(head);
  } catch {
    return undefined; // the question was whether it is text
  }
}

import { open } from 'node:fs/promises';
import { decodeText } from './decode-text.js';
import { mediaTypes, hintedKind } from './kinds.js';
import { sniffText } from './sniff-text.js';

const unknownType = 'application/octet-stream';
/** Text is detected by this many bytes at its beginning. */
const headBytes = 64 * 1024;

/**
 * Detects the media type of a file by its bytes. The media type that its sender claims is ignored, and the file extension decides only
 * between kinds of text that look alike. Bytes of an unknown format are `application/octet-stream`.
 */
export async function sniffMediaType(content: Uint8Array, name?: string): Promise<string> {
  const { fileTypeFromBuffer } = await import('file-type');
  const found = await fileTypeFromBuffer(content).catch(() => undefined); // cut off or damaged: the format is unknown
  return found?.mime ?? textTypeOf(content, name);
}

/** Does the same for a file on the disk, without reading all of it. */
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

/** Decodes the beginning of a text, in any encoding in which documents are read; undefined if it is not text. */
function textOf(content: Uint8Array): string | undefined {
  const head = content.subarray(0, headBytes);
  try {
    // With `stream`, a character that is cut at the end is left out.
    if (!head.includes(0)) return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    // Not UTF-8: the next rule decides.
  }
  try {
    return decodeText(head);
  } catch {
    return undefined; // only the question whether it is text
  }
}

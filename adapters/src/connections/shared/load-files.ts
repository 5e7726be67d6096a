import { HeddleError, type FileRef, type Message } from '@heddle/core';
import { isUtf8 } from 'node:buffer';
import type { LoadedFile } from '../provider.js';

export type ReadFile = (ref: FileRef) => Promise<Uint8Array>;

/** The most bytes of all files of a call; providers refuse more. */
const mostBytes = 32 * 1024 * 1024;

/**
 * Reads every file of a conversation once; text in other encodings is converted to UTF-8. Errors: `input_too_large`, `blob_not_found`,
 * `document_type`.
 */
export async function loadFiles(
  messages: readonly Message[],
  readFile: ReadFile,
): Promise<ReadonlyMap<string, LoadedFile>> {
  const files = new Map<string, LoadedFile>();
  let bytes = 0;
  for (const { content } of messages) {
    if (typeof content === 'string') continue;
    for (const part of content) {
      if (part.type === 'text' || files.has(part.file.id)) continue;
      const read = await readFile(part.file);
      bytes += read.byteLength;
      if (bytes > mostBytes)
        throw new HeddleError(
          'input_too_large',
          `The files of this call have more than ${mostBytes} bytes: send smaller or fewer ones.`,
          { details: { file: part.file.name } },
        );
      files.set(part.file.id, {
        ref: part.file,
        base64: Buffer.from(await asUtf8(part.file, read)).toString('base64'),
      });
    }
  }
  return files;
}

/**
 * Converts text to UTF-8, which every provider accepts. The detection of encodings is loaded only for text that is not UTF-8.
 *
 * Errors: `document_type`.
 */
async function asUtf8({ mediaType }: FileRef, content: Uint8Array): Promise<Uint8Array> {
  if (!isTextFile(mediaType) || isUtf8(content)) return content;
  const { decodeText } = await import('../../documents/kinds/decode-text.js');
  return Buffer.from(decodeText(content));
}

/** Whether a file is text that any model can read as such. */
export function isTextFile(mediaType: string): boolean {
  return /^(?:text\/|application\/(?:json|xml|yaml|x-yaml|toml|csv))/.test(mediaType);
}

export function fileAsText(file: LoadedFile): string {
  return `File ${file.ref.name}:\n${Buffer.from(file.base64, 'base64').toString('utf8')}`;
}

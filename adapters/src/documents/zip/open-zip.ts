import { HeddleError } from '@heddle/core';
import { fromBufferPromise, type Entry, type ZipFile } from 'yauzl';
import { zipLimits } from '../limits.js';

/** A zip package with a checked directory: no entry exceeds the size limits. */
export interface Zip {
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Inflates an entry, and fails if it is larger than its declared size. Undefined if there is no such entry. */
  read(name: string): Promise<Uint8Array | undefined>;
}

/** Opens a zip package from memory. Errors: `document_bomb`, `document_encrypted`, `document_damaged`. */
export async function openZip(bytes: Uint8Array): Promise<Zip> {
  try {
    const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const file = await fromBufferPromise(content, { lazyEntries: true, validateEntrySizes: true });
    const entries = await checkedEntries(file);
    return {
      names: [...entries.keys()],
      has: (name) => entries.has(name),
      read: async (name) => {
        const entry = entries.get(name);
        return entry === undefined ? undefined : inflate(file, entry);
      },
    };
  } catch (error) {
    throw damaged(error);
  }
}

async function checkedEntries(file: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  let total = 0;
  if (file.entryCount > zipLimits.entries)
    throw bomb(`it has ${file.entryCount} entries, more than ${zipLimits.entries}`);
  for await (const entry of file.eachEntry()) {
    total += entry.uncompressedSize;
    checkEntry(entry, total);
    entries.set(entry.fileName, entry);
  }
  return entries;
}

function checkEntry(entry: Entry, total: number): void {
  const { fileName, uncompressedSize, compressedSize } = entry;
  if (entry.isEncrypted())
    throw new HeddleError('document_encrypted', 'It is protected by a password: save it without one and try again.');
  if (uncompressedSize > zipLimits.entryBytes)
    throw bomb(`its part '${fileName}' inflates to ${uncompressedSize} bytes`);
  if (total > zipLimits.totalBytes) throw bomb(`it inflates to more than ${zipLimits.totalBytes} bytes`);
  const ratio = Math.round(uncompressedSize / Math.max(1, compressedSize));
  if (uncompressedSize > zipLimits.smallBytes && ratio > zipLimits.ratio)
    throw bomb(`its part '${fileName}' inflates ${ratio} times`);
}

async function inflate(file: ZipFile, entry: Entry): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const part of (await file.openReadStreamPromise(entry)) as AsyncIterable<Uint8Array>) {
      // a zip stream gives bytes
      size += part.length;
      if (size > zipLimits.entryBytes) throw bomb(`its part '${entry.fileName}' is larger than it claims`);
      parts.push(part);
    }
  } catch (error) {
    throw damaged(error);
  }
  return Buffer.concat(parts);
}

/** The error for a package that inflates beyond the limits. */
export const bomb = (what: string): HeddleError =>
  new HeddleError(
    'document_bomb',
    `It was not opened, because ${what}: this looks like a zip bomb. Save the document again, without huge embedded parts.`,
  );

const damaged = (cause: unknown): HeddleError =>
  cause instanceof HeddleError
    ? cause
    : new HeddleError(
        'document_damaged',
        'The zip package is damaged: save the document again, or copy it again from where it came.',
        { cause },
      );

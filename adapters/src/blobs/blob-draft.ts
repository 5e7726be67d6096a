import { createHash, randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileRef } from '@heddle/core';

/** Content that was received but is not stored yet. Its receiver keeps it or discards it; the next start removes what remains. */
export interface BlobDraft {
  /** The name that the content gets when it is kept. */
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  /** The file that has the bytes until then. */
  readonly file: string;
  keep(about: { readonly name: string; readonly mediaType: string }): Promise<FileRef>;
  discard(): Promise<void>;
}

type WrittenDraft = Pick<BlobDraft, 'id' | 'size' | 'file'>;

/**
 * Writes content to a new file in a folder as it arrives; only one piece is in memory at a time. The content is hashed on the way and
 * synced at the end. Content that breaks off leaves no file.
 */
export async function writeDraft(folder: string, content: AsyncIterable<Uint8Array>): Promise<WrittenDraft> {
  const file = join(folder, randomUUID());
  const handle = await open(file, 'wx', 0o600);
  try {
    const hash = createHash('sha256');
    let size = 0;
    for await (const piece of content) {
      hash.update(piece);
      size += piece.byteLength;
      await handle.writeFile(piece);
    }
    await handle.sync();
    await handle.close();
    return { id: `sha256:${hash.digest('hex')}`, size, file };
  } catch (error) {
    await handle.close().catch(() => undefined); // the first error is thrown
    await rm(file, { force: true });
    throw error;
  }
}

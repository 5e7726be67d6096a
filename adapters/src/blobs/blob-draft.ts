import { createHash, randomUUID } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileRef } from '@heddle/core';

/** Content that was received and is not stored yet. Its receiver keeps it or discards it; the next start removes the rest. */
export interface BlobDraft {
  /** The name that the content gets when it is kept. */
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  /** Where the bytes are until then. */
  readonly file: string;
  keep(about: { readonly name: string; readonly mediaType: string }): Promise<FileRef>;
  discard(): Promise<void>;
}

/** Content on the disk, under a temporary name. */
type WrittenDraft = Pick<BlobDraft, 'id' | 'size' | 'file'>;

/**
 * Writes content to a file of its own in a folder, while it comes: one piece is in memory at a time. It is hashed on the way and synced
 * at the end. Content that breaks off leaves no file.
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
    await handle.close().catch(() => undefined); // the error that came first is thrown
    await rm(file, { force: true });
    throw error;
  }
}

import type { Readable } from 'node:stream';
import type { Blobs, FileRef } from '@heddle/core';
import type { BlobDraft } from './blob-draft.js';
import type { BlobSweep, SweptBlobs } from './sweep-blobs.js';

/** Content-addressed storage as the server needs it: in a folder, or in a bucket that several processes share. */
export interface BlobStore extends Blobs {
  /** Takes content in while it comes, however large it is; its errors are those of the content and of the store. */
  receive(content: AsyncIterable<Uint8Array>): Promise<BlobDraft>;
  /** Content piece by piece, checked before the first one. Errors: `blob_not_found`, `storage_corrupt`. */
  open(id: string): Promise<{ readonly size: number; readonly stream: Readable }>;
  /** Name, media type and size as they were first stored. Errors: `blob_not_found`. */
  describe(id: string): Promise<FileRef>;
  /** Removes what an earlier process received and did not keep. Called before the first content is received. */
  removeDrafts(): Promise<void>;
  /** Removes blobs that nothing names and that were not stored lately. */
  sweep(sweep: BlobSweep): Promise<SweptBlobs>;
}

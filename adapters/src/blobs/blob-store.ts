import type { Readable } from 'node:stream';
import type { Blobs, FileRef } from '@heddle/core';
import type { BlobDraft } from './blob-draft.js';
import type { BlobSweep, SweptBlobs } from './sweep-blobs.js';

/** The content-addressed storage of the server: in a folder, or in a bucket that several processes share. */
export interface BlobStore extends Blobs {
  /** Receives content of any size as it arrives. Errors: those of the content and of the store. */
  receive(content: AsyncIterable<Uint8Array>): Promise<BlobDraft>;
  /** Opens content as a stream, after the whole of it was checked. Errors: `blob_not_found`, `storage_corrupt`. */
  open(id: string): Promise<{ readonly size: number; readonly stream: Readable }>;
  /** Returns the name, media type and size as they were first stored. Errors: `blob_not_found`. */
  describe(id: string): Promise<FileRef>;
  /** Removes what an earlier process received and did not keep. Called before the first content is received. */
  removeDrafts(): Promise<void>;
  /** Removes blobs that nothing refers to and that were not stored recently. */
  sweep(sweep: BlobSweep): Promise<SweptBlobs>;
}

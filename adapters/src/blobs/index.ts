export type { BlobDraft } from './blob-draft.js';
export { createFolderBlobs, type FolderBlobs } from './folder-blobs.js';
export type { BlobSweep, SweptBlobs } from './sweep-blobs.js';
export { hashFile } from './hash-in-turns.js';

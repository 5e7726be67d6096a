export type { BlobDraft } from './blob-draft.js';
export type { BlobStore } from './blob-store.js';
export { FolderBlobs } from './folder-blobs.js';
export type { SweptBlobs } from './sweep-blobs.js';
export { hashFile } from './hash-in-slices.js';

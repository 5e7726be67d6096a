export type { BlobDraft } from './blob-draft.js';
export type { BlobStore } from './blob-store.js';
export { openS3Blobs, type S3BlobsOptions } from './s3/s3-blobs.js';
export { FolderBlobs } from './folder-blobs.js';
export type { BlobSweep, SweptBlobs } from './sweep-blobs.js';
export { hashFile } from './hash-in-slices.js';

export { createFolderBlobs, type FolderBlobs } from './folder-blobs.js';

export type { FileDocument, OriginalStore } from './original-store.js';
export { FolderOriginals } from './folder-originals.js';

export * from './create-documents.js';
export * from './read-folder.js';
export * from './expand-document.js';
export * from './records.js';
export { decodeText } from './kinds/decode-text.js';
export { sniffMediaType, sniffMediaTypeOfFile } from './kinds/sniff-media-type.js';
export type { DocumentService } from './services/document-service.js';

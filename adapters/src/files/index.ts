export { createFiles, type FilesOptions } from './create-files.js';
export { createSourceFiles } from './source-files.js';

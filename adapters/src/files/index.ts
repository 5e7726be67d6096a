export { createFiles } from './create-files.js';
export { createSourceFiles } from './source-files.js';

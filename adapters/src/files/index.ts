export * from './create-files.js';

export * from './parse-template.js';
export * from './render-template.js';
export * from './value-text.js';

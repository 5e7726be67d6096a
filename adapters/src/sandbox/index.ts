export * from './create-sandbox.js';

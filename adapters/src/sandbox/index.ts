export * from './child-sandbox.js';

export { createEmbeddedStore } from './embedded/embedded-store.js';

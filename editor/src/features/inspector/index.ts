export { LazyInspector, preloadInspector } from './LazyInspector.js';

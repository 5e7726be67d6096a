export { LazyEdgeInspector, LazyInspector, preloadInspector } from './LazyInspector.js';

// Small, and not loaded on demand: its tabs are, one round trip earlier.
export { QualityPage } from './QualityPage.js';

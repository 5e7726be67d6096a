export { loadOverlays, Overlays } from './Overlays.js';

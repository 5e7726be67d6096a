export { RunDrawer } from './RunDrawer.js';

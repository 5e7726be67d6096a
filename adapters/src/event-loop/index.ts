export { inSlices, yieldToEventLoop } from './in-slices.js';

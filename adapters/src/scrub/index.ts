export { createScrub, type Scrub } from './scrub.js';

// All nodes of this package. Heddle finds this file through "heddle" in package.json.
export { readingTime } from './reading-time.node.js';

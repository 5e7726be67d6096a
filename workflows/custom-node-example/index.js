// Every node that this package brings. Heddle finds this file through "heddle" in package.json.
export { readingTime } from './reading-time.node.js';

export { createLoneLeases } from './lone-leases.js';
export { alone, whileLeased, type LeasedPart, type Held } from './while-leased.js';
export type { LeasedRounds } from './run-rounds.js';

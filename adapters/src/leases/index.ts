export { createLoneLeases } from './lone-leases.js';
export { alone, whileHeld, type HeldPart, type Held } from './while-held.js';
export type { KeptRounds } from './keep-rounds.js';

export { inTurns, nextTurn } from './in-turns.js';

export * from './load-custom-nodes.js';
export * from './open-custom-nodes.js';
export { describeConfinement } from './host/confinement.js';

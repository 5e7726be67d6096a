export * from './load-custom-nodes.js';
export * from './open-custom-nodes.js';
export { describeConfinement, detectConfinement } from './host/confinement.js';
export * from './install/install-package.js';
export * from './install/installed-packages.js';

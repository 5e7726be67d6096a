export { NotReached } from './NotReached.js';
export { PlacePage } from './PlacePage.js';
export { isIntegrationsPage, integrationPages } from './places.js';

export { NotReached } from './NotReached.js';
export { IntegrationLayout } from './IntegrationLayout.js';
export { isIntegrationsPage, integrationPages } from './integration-pages.js';

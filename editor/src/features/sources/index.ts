export { SourcesPanel } from './SourcesPanel.js';

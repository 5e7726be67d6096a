export { CanaryText } from './CanaryText.js';
export { DataMap } from './DataMap.js';
export { LiveBadge, liveMenu } from './LiveBadge.js';
export { PublishButton } from './PublishButton.js';
export { References, shortHash } from './References.js';
export { useWorkflow } from './use-workflow.js';
export { showVersions, useVersions, useVersionsRead } from './versions-store.js';
export { WorkflowHeader } from './WorkflowHeader.js';
export { WorkflowTabs } from './WorkflowTabs.js';

export { CanaryText } from './CanaryText.js';
export { DataMap } from './DataMap.js';
export { LiveBadge, liveMenu } from './LiveBadge.js';
export { makeLive, moveLive } from './move-live.js';
export { PublishButton } from './PublishButton.js';
export { References, shortHash } from './References.js';
export { useWorkflow } from './use-workflow.js';
export { useVersions, useVersionsRead } from './versions-store.js';
export { WorkflowHeader } from './WorkflowHeader.js';

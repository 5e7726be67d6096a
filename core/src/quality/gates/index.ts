export * from './gate.js';
export * from './gate-store.js';
export { judgeDatasetRule } from './judge-dataset-rule.js';
export { versionsOfPointer } from './versions-of-pointer.js';
export { hasNewDestination, isRerouted, judgeReplayRule } from './judge-replay-rule.js';

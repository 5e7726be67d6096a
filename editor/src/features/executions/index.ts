export { valueDragType } from './drag-value.js';
export { errorPlace } from './error-places.js';
export { ExecutionRecord } from './ExecutionRecord.js';
export { InputValue } from './InputValue.js';
export { OneValue } from './OneValue.js';
export { RunFailure } from './RunFailure.js';
export { useAttemptWords } from './use-attempts.js';
export { useExecutionTitle, useExecutionWords } from './use-execution-title.js';
export { useInputSources } from './use-input-sources.js';

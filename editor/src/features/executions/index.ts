export { valueDragType } from './drag-value.js';
export { errorLink } from './error-links.js';
export { ExecutionRecord } from './ExecutionRecord.js';
export { InputValue } from './InputValue.js';
export { OneValue } from './OneValue.js';
export { RunFailure } from './RunFailure.js';
export { useAttemptText } from './use-attempts.js';
export { useExecutionTitle, useExecutionText } from './use-execution-title.js';
export { useInputSources } from './use-input-sources.js';

export { createTools, type ToolHost, type ToolHostParts } from './create-tools.js';
export { createToolRegistry, type ToolRegistry } from './tool-registry.js';
export { isLookalike, serverOfName, toolName } from './tool-names.js';

export { createTools, type ToolHost } from './create-tools.js';
export type { SecretPurpose } from './tool-secret.js';
export { ToolRegistry, type ToolView, type ToolWrites } from './tool-registry.js';
export { isLookalike } from './tool-names.js';
export { createGrantStore, type GrantStanding, type GrantStore } from './sign-in/grant-store.js';
export { ToolSignIn, type SignInReply } from './sign-in/tool-sign-in.js';
export { isCommandHere } from './find-command.js';

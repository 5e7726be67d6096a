import type { Principal } from '@heddle/core';
import type { Credentials } from '../../auth/identity.js';

/** The caller of an MCP request. */
export interface McpCaller {
  readonly principal: Principal;
  readonly credentials: Credentials;
}

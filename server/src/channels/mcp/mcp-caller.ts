import type { Principal } from '@heddle/core';
import type { Credentials } from '../../auth/identity.js';

/** Who sends a request. */
export interface McpCaller {
  readonly principal: Principal;
  readonly credentials: Credentials;
}

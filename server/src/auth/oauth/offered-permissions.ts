import type { Permission } from '@heddle/core';

/** The rights that programs can request: those that the MCP endpoint uses. */
export const offeredPermissions: readonly Permission[] = [
  ...([
    'run:published',
    'human-input:answer',
    'collection:read',
    'file:read',
    'workflow:read',
    'workflow:build',
  ] as const),
];

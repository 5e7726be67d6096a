import { createTools, createToolRegistry } from '@heddle/adapters/tools';
import type { HeddleDatabase } from '@heddle/adapters/journal';
import type { Audit, Blobs, Clock } from '@heddle/core';
import type { Log } from '../heddle/log.js';
import type { Settings } from '../settings/settings-table.js';
import type { ToolParts } from './tool.service.js';

/** What tool servers are opened with. */
export interface ToolPlace {
  readonly database: HeddleDatabase;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  readonly blobs: Blobs;
  readonly secret: (name: string) => Promise<string>;
  readonly settings: Pick<Settings, 'fetchAllow' | 'toolCommands'>;
}

/** Opens the registry of tool servers; no server is reached and no library loaded before somebody uses one. */
export function openTools({ database, audit, clock, log, blobs, secret, settings }: ToolPlace): ToolParts {
  const registry = createToolRegistry(database, clock);
  const host = createTools({
    registry,
    audit,
    clock,
    secret,
    blobs,
    allowedHosts: settings.fetchAllow,
    log: { warn: (message, details) => log.warn(details, message) },
  });
  return { registry, host, areCommandsAllowed: settings.toolCommands === 'true' };
}

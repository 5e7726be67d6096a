import { createGrantStore, ToolRegistry, createTools, ToolSignIn } from '@heddle/adapters/tools';
import type { SealedText } from '@heddle/adapters/identity';
import type { Audit, Blobs, Clock, Tables } from '@heddle/core';
import type { Log } from '../common/log.js';
import type { Settings } from '../settings/settings-table.js';
import type { ToolSecrets } from '../secrets/tool-secrets.js';
import type { OpenedTools } from './tool.service.js';

interface ToolDependencies {
  readonly tables: Tables;
  readonly sealed: SealedText;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  readonly blobs: Blobs;
  readonly secrets: ToolSecrets;
  readonly settings: Pick<Settings, 'fetchAllow' | 'publicUrl' | 'toolCommands'>;
}

/** The URL of the OAuth client metadata of Heddle. Tool servers can read it only at a public address with TLS. */
function metadataUrlOf({ publicUrl }: Pick<Settings, 'publicUrl'>): string | undefined {
  return publicUrl?.startsWith('https://') === true ? `${publicUrl.replace(/\/+$/, '')}/oauth/client.json` : undefined;
}

/** Opens the registry of tool servers. Servers are connected and libraries are loaded at their first use. */
export function openTools({
  tables,
  sealed,
  audit,
  clock,
  log,
  blobs,
  secrets,
  settings,
}: ToolDependencies): OpenedTools {
  const registry = new ToolRegistry(tables, clock);
  const grants = createGrantStore(tables, sealed, clock);
  const signIn = new ToolSignIn({
    grants,
    clock,
    allowedHosts: settings.fetchAllow,
    secret: secrets.read,
    metadataUrl: metadataUrlOf(settings),
  });
  const host = createTools({
    registry,
    audit,
    clock,
    secret: secrets.read,
    blobs,
    signIn,
    allowedHosts: settings.fetchAllow,
    log: { warn: (message, details) => log.warn(details, message) },
  });
  return { registry, host, secrets, grants, signIn, areCommandsAllowed: settings.toolCommands === 'true' };
}

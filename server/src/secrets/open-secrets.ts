import { createSecretStore } from '@heddle/adapters/connections';
import type { HeddleDatabase } from '@heddle/adapters/database';
import { createEnvironmentSecrets, createFolderSecrets } from '@heddle/adapters/secrets';
import type { Clock } from '@heddle/core';
import { join } from 'node:path';
import type { Settings } from '../settings/settings-table.js';
import { createRemoteSecrets } from './remote-secrets.js';
import { SecretCards } from './secret-cards.js';

/** Where secrets are opened. */
export interface SecretPlace {
  readonly database: HeddleDatabase;
  readonly clock: Pick<Clock, 'now'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: Settings;
}

/** Opens the secrets of a data folder, and what stands beside them where Heddle runs. */
export function openSecrets({ database, clock, environment, settings }: SecretPlace): SecretCards {
  const { dataFolder, secretsFolder } = settings;
  return new SecretCards({
    store: createSecretStore({ database, keyFile: join(dataFolder, 'secret.key'), clock }),
    environment: createEnvironmentSecrets(environment),
    ...(secretsFolder === undefined ? {} : { folder: createFolderSecrets(secretsFolder) }),
    remote: createRemoteSecrets(settings, clock),
  });
}

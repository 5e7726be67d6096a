import { createSecretStore } from '@heddle/adapters/connections';
import { createEnvironmentSecrets, createFolderSecrets } from '@heddle/adapters/secrets';
import type { Clock, Tables } from '@heddle/core';
import { join } from 'node:path';
import type { Settings } from '../settings/settings-table.js';
import { createRemoteSecrets } from './remote-secrets.js';
import { SecretCards } from './secret-cards.js';

/** What opening secrets needs. */
export interface SecretDependencies {
  readonly tables: Tables;
  readonly clock: Pick<Clock, 'now'>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: Settings;
}

/** Opens the secrets of a data folder, with those of the environment, the folder and remote stores. */
export function openSecrets({ tables, clock, environment, settings }: SecretDependencies): SecretCards {
  const { dataFolder, secretsFolder } = settings;
  return new SecretCards(
    createSecretStore(tables, { keyFile: join(dataFolder, 'secret.key'), clock }),
    createEnvironmentSecrets(environment),
    createRemoteSecrets(settings, clock),
    secretsFolder === undefined ? undefined : createFolderSecrets(secretsFolder),
  );
}

import { createSecretStore } from '@heddle/adapters/connections';
import { createEnvironmentSecrets, createFolderSecrets } from '@heddle/adapters/secrets';
import type { Clock, Tables } from '@heddle/core';
import type { Settings } from '../settings/settings-table.js';
import { createRemoteSecrets } from './remote-secrets.js';
import { SecretCards } from './secret-cards.js';

interface SecretDependencies {
  readonly tables: Tables;
  readonly clock: Pick<Clock, 'now'>;
  /** The file with the master key. */
  readonly keyFile: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly settings: Settings;
}

/** Opens the secrets of a data folder, together with those from the environment, the secrets folder and remote stores. */
export function openSecrets({ tables, clock, keyFile, environment, settings }: SecretDependencies): SecretCards {
  const { secretsFolder } = settings;
  return new SecretCards(
    createSecretStore(tables, { keyFile, clock }),
    createEnvironmentSecrets(environment),
    createRemoteSecrets(settings, clock),
    secretsFolder === undefined ? undefined : createFolderSecrets(secretsFolder),
  );
}

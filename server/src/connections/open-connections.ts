import {
  createConnections,
  createConnectionStore,
  createConnectionTests,
  createSecretVault,
} from '@heddle/adapters/connections';
import type { HeddleDatabase } from '@heddle/adapters/journal';
import type { Blobs, Clock } from '@heddle/core';
import { join } from 'node:path';
import { environmentSecret, nodeSecrets } from '../heddle/secrets.js';
import type { ConnectionParts } from './connection.service.js';

/** Where connections are opened. */
export interface ConnectionPlace {
  readonly database: HeddleDatabase;
  readonly dataFolder: string;
  readonly clock: Clock;
  readonly blobs: Blobs;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Opens vault, connections and their hub over a data folder; client libraries are loaded at the first call. */
export function openConnections(place: ConnectionPlace): {
  readonly connections: ConnectionParts;
  readonly secret: (name: string) => Promise<string>;
} {
  const { database, dataFolder, clock, blobs, environment } = place;
  const vault = createSecretVault({ database, keyFile: join(dataFolder, 'secret.key'), clock });
  const store = createConnectionStore(database, clock);
  const hub = createConnections({
    store,
    vault,
    clock,
    random: Math.random,
    readFile: (ref) => blobs.get(ref.id),
    fallbackKey: (name) => Promise.resolve(environmentSecret(environment, name)),
  });
  return {
    connections: {
      store,
      vault,
      hub,
      tests: createConnectionTests(database),
      hasEnvironmentSecret: (name) => environmentSecret(environment, name) !== undefined,
      now: () => clock.now(),
    },
    secret: nodeSecrets(vault, environment),
  };
}

import {
  ConnectionHub,
  createConnectionStore,
  createConnectionTests,
  createKeyVault,
} from '@heddle/adapters/connections';
import type { HeddleDatabase } from '@heddle/adapters/database';
import type { Blobs, Clock } from '@heddle/core';
import type { SecretCards } from '../secrets/secret-cards.js';
import type { OpenedConnections } from './connection.service.js';

/** What opening connections needs. */
export interface ConnectionDependencies {
  readonly database: HeddleDatabase;
  readonly clock: Clock;
  readonly blobs: Blobs;
  readonly secrets: SecretCards;
}

/** Opens vault, connections and their hub over a data folder; client libraries are loaded at the first call. */
export function openConnections({ database, clock, blobs, secrets }: ConnectionDependencies): OpenedConnections {
  const vault = createKeyVault(secrets.store);
  const store = createConnectionStore(database, clock);
  const hub = new ConnectionHub({
    store,
    vault,
    clock,
    random: Math.random,
    readFile: (ref) => blobs.get(ref.id),
    fallbackKey: (name) => secrets.outside(name),
  });
  return {
    store,
    vault,
    hub,
    tests: createConnectionTests(database),
    hasEnvironmentSecret: (name) => secrets.isOutside(name),
    now: () => clock.now(),
  };
}

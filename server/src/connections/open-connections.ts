import {
  ConnectionHub,
  createConnectionStore,
  createConnectionTests,
  createKeyVault,
} from '@heddle/adapters/connections';
import type { Blobs, Clock, Leases, Tables } from '@heddle/core';
import { rememberedMs } from '../common/expiry.js';
import type { SecretCards } from '../secrets/secret-cards.js';
import type { OpenedConnections } from './connection.service.js';

interface ConnectionDependencies {
  readonly tables: Tables;
  readonly clock: Clock;
  readonly blobs: Blobs;
  readonly secrets: SecretCards;
  readonly leases: Pick<Leases, 'isAlone'>;
}

/** Opens the key vault, the stored connections and their hub. Client libraries are loaded at the first call. */
export function openConnections({ tables, clock, blobs, secrets, leases }: ConnectionDependencies): OpenedConnections {
  const vault = createKeyVault(secrets.store);
  const store = createConnectionStore(tables, clock);
  const hub = new ConnectionHub({
    store,
    vault,
    clock,
    random: Math.random,
    readFile: (ref) => blobs.get(ref.id),
    fallbackKey: (name) => secrets.outside(name),
    recheckMs: leases.isAlone ? undefined : rememberedMs,
  });
  return {
    store,
    vault,
    hub,
    tests: createConnectionTests(tables),
    hasEnvironmentSecret: (name) => secrets.isOutside(name),
    now: () => clock.now(),
  };
}

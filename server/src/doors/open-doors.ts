import {
  createArrivalStore,
  createBatchStore,
  createDoorStore,
  createOutbox,
  createShareStore,
  createUploadLedger,
  type ArrivalStore,
  type BatchStore,
  type DoorStore,
  type Outbox,
  type ShareStore,
  type UploadLedger,
} from '@heddle/adapters/doors';
import type { HeddleDatabase, JournalProjection } from '@heddle/adapters/database';
import type { TrustedClock } from '../clock/trusted-clock.js';

/** What doors keep. */
export interface DoorStores {
  readonly store: DoorStore;
  readonly outbox: Outbox;
  readonly batches: BatchStore;
  readonly shares: ShareStore;
  readonly uploads: UploadLedger;
  readonly arrivals: ArrivalStore;
}

/** Opens them over a database; the projections must be given to its journal. */
export function openDoorStores(
  database: HeddleDatabase,
  clock: TrustedClock,
  keyFile: string,
): { readonly doors: DoorStores; readonly projections: readonly JournalProjection[] } {
  const store = createDoorStore(database, keyFile);
  const outbox = createOutbox(database, clock, {
    trusted: clock.trusted,
    forgetsAt: () => (clock.isTrusted ? clock.trusted.now() : undefined),
  });
  const batches = createBatchStore(database);
  const arrivals = createArrivalStore(database);
  const shares = createShareStore(database, clock.trusted);
  return {
    doors: { store, outbox, batches, shares, arrivals, uploads: createUploadLedger(database) },
    projections: [store.projection, outbox.projection, batches.projection, shares.projection, arrivals.projection],
  };
}

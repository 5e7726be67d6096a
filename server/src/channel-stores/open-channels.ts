import {
  createArrivalStore,
  createOpenAiFiles,
  BatchStore,
  ChannelStore,
  Outbox,
  createShareStore,
  createUploadLedger,
  type ArrivalStore,
  type OpenAiFiles,
  type ShareStore,
  type UploadLedger,
} from '@heddle/adapters/channels';
import { inJournal, sqliteTables, type HeddleDatabase, type JournalProjection } from '@heddle/adapters/database';
import type { TrustedClock } from '../common/trusted-clock.js';

/** The stores of channels. */
export interface ChannelStores {
  readonly store: ChannelStore;
  readonly outbox: Outbox;
  readonly batches: BatchStore;
  readonly shares: ShareStore;
  readonly uploads: UploadLedger;
  readonly arrivals: ArrivalStore;
  readonly openAiFiles: OpenAiFiles;
}

/** Opens the stores over a database; pass the projections to its journal. */
export function openChannelStores(
  database: HeddleDatabase,
  clock: TrustedClock,
  keyFile: string,
): { readonly channels: ChannelStores; readonly projections: readonly JournalProjection[] } {
  const store = new ChannelStore(database, keyFile);
  const outbox = new Outbox(database, clock, {
    trusted: clock.trusted,
    forgetsAt: () => (clock.isTrusted ? clock.trusted.now() : undefined),
  });
  const batches = new BatchStore(database);
  const arrivals = createArrivalStore(sqliteTables(database));
  const shares = createShareStore(database, clock.trusted);
  return {
    channels: {
      store,
      outbox,
      batches,
      shares,
      arrivals,
      uploads: createUploadLedger(database),
      openAiFiles: createOpenAiFiles(database),
    },
    projections: [
      ...[store.projection, outbox.projection, batches.projection, shares.projection],
      inJournal(database, arrivals.projection),
    ],
  };
}

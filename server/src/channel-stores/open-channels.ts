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
import { createSealedText } from '@heddle/adapters/identity';
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
  const tables = sqliteTables(database);
  const store = new ChannelStore(tables, createSealedText(database, keyFile));
  const outbox = new Outbox(tables, clock, {
    trusted: clock.trusted,
    forgetsAt: () => (clock.isTrusted ? clock.trusted.now() : undefined),
  });
  const batches = new BatchStore(tables);
  const arrivals = createArrivalStore(tables);
  const shares = createShareStore(tables, clock.trusted);
  return {
    channels: {
      store,
      outbox,
      batches,
      shares,
      arrivals,
      uploads: createUploadLedger(tables),
      openAiFiles: createOpenAiFiles(tables),
    },
    projections: [store, outbox, batches, shares, arrivals].map(({ projection }) => inJournal(database, projection)),
  };
}

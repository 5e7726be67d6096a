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
import type { RunProjection } from '@heddle/adapters/database';
import type { SealedText } from '@heddle/adapters/identity';
import type { Tables } from '@heddle/core';
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

/** Opens the channel stores of a database. Pass their projections to the journal. */
export function openChannelStores(
  tables: Tables,
  clock: TrustedClock,
  sealed: SealedText,
): { readonly channels: ChannelStores; readonly projections: readonly RunProjection[] } {
  const store = new ChannelStore(tables, sealed);
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
    projections: [store, outbox, batches, shares, arrivals].map(({ projection }) => projection),
  };
}

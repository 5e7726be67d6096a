import type { LabelLevel } from '../labels/label.js';
import type { SourceConnector, SourceRequest } from '../ports/sources/source-connector.js';
import type { SyncReport, SyncState, SyncTarget } from '../ports/sources/sync-parts.js';

/** What a sync works with. */
export interface SyncOptions<Config = unknown> {
  readonly connector: SourceConnector<Config>;
  readonly request: Omit<SourceRequest<Config>, 'cursor' | 'known'>;
  readonly state: SyncState;
  readonly target: SyncTarget;
  /** The label and the readers that the source gives; a change of them is a change of each document. */
  readonly settings: {
    readonly label?: LabelLevel | undefined;
    readonly readers?: readonly string[] | null | undefined;
  };
  /** A short text for a long one: the same for the same, another for another. */
  readonly hash: (text: string) => string;
  /** Forgets the cursor: everything is listed. */
  readonly isFull?: boolean;
  /** Lets a listing without any document remove all documents. Without it, such a listing fails with `source_empty`. */
  readonly mayEmpty?: boolean;
  readonly onProgress?: (report: SyncReport) => void;
}

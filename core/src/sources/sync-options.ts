import type { LabelLevel } from '../labels/label.js';
import type { SourceConnector, SourceRequest } from '../ports/sources/source-connector.js';
import type { SyncReport, SyncState, SyncTarget } from '../ports/sources/sync-parts.js';

/** The connector, state, target and options of a sync. */
export interface SyncOptions<Config = unknown> {
  readonly connector: SourceConnector<Config>;
  readonly request: Omit<SourceRequest<Config>, 'cursor' | 'known'>;
  readonly state: SyncState;
  readonly target: SyncTarget;
  /** Label and readers from the settings of the source. If they change, every document counts as changed. */
  readonly settings: {
    readonly label?: LabelLevel | undefined;
    readonly readers?: readonly string[] | null | undefined;
  };
  /** Returns a short hash of a text. */
  readonly hash: (text: string) => string;
  /** Ignores the cursor and lists everything. */
  readonly isFull?: boolean;
  /** Allows a listing without documents to remove all documents. Otherwise such a listing fails with `source_empty`. */
  readonly mayEmpty?: boolean;
  readonly onProgress?: (report: SyncReport) => void;
}

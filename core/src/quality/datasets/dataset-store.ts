import type { GuardedWrite } from '../../ports/database/guarded-write.js';
import type { DatasetDifference, DatasetFacets, RemoveTwinsRequest } from './dataset-changes.js';
import type {
  DatasetInfo,
  DatasetProblems,
  DatasetRow,
  DatasetVersion,
  DatasetWriteReply,
  StoredDatasetRow,
} from './dataset.js';

/** Selects the rows of a version to read. */
export interface DatasetRowsQuery {
  /** Default: the newest version. */
  readonly version?: number;
  /** The `next` of the previous page. */
  readonly after?: number;
  readonly limit: number;
  readonly split?: string;
  readonly tag?: string;
  /** True: only rows that need a review. False: only the others. */
  readonly unreviewed?: boolean;
  /** Only rows that need a review, because of the row itself or its proposed documents. */
  readonly toReview?: true;
}

/** A page of rows, in the order in which they were added. */
export interface DatasetRowsPage {
  readonly rows: readonly StoredDatasetRow[];
  /** Missing on the last page. */
  readonly next?: number;
}

/** Options for writing rows. */
export interface DatasetWrite {
  /** `add` keeps rows that are not named; `replace` drops them from the new version. */
  readonly mode: 'add' | 'replace';
  readonly who: string;
  readonly note: string;
  /** Ids of rows to drop from the new version. */
  readonly remove?: readonly string[];
  /** Drops rows whose inputs equal those of other rows. */
  readonly twins?: Pick<RemoveTwinsRequest, 'of' | 'keep'>;
  /** The expected current version. Errors: `conflict` if the dataset has another one. */
  readonly base?: number;
}

/** A run that rows are made from, and the conversations that it read or wrote. */
interface RunOfRows {
  readonly run: string;
  readonly conversations: readonly string[];
}

/** The rows of one dataset that were made from some runs. */
export interface RowsOfDataset {
  readonly dataset: string;
  readonly rows: number;
}

/**
 * Datasets with versions. A version never changes; a write creates the next version, all or nothing. Rows are read and written in pages, so
 * a dataset may be larger than memory.
 */
export interface DatasetStore {
  readonly write: DatasetWrites;
  list(): Promise<readonly DatasetInfo[]>;
  /** Errors: `not_found`. */
  get(id: string): Promise<DatasetInfo>;
  /** Newest first. Errors: `not_found`. */
  versions(id: string): Promise<readonly DatasetVersion[]>;
  /** Errors: `not_found`, also for an unknown version. */
  rows(id: string, query: DatasetRowsQuery): Promise<DatasetRowsPage>;
  /** Errors: `not_found`. */
  row(id: string, row: string, version?: number): Promise<StoredDatasetRow>;
  /** Errors: `not_found`. */
  facets(id: string, version?: number): Promise<DatasetFacets>;
  /** Errors: `not_found`. */
  difference(id: string, from: number, to: number): Promise<DatasetDifference>;
  /** Errors: `not_found`; `conflict` while another write is running; any error while reading the rows. Nothing is written then. */
  addVersion(
    id: string,
    rows: AsyncIterable<DatasetRow> | Iterable<DatasetRow>,
    write: DatasetWrite,
  ): Promise<DatasetWriteReply>;
  /** Errors: `not_found`. */
  problems(id: string, version?: number): Promise<DatasetProblems>;
  /** Stores which conversations a run belongs to, so that erasing a conversation also erases the rows that were made from the run. */
  remember(runs: readonly RunOfRows[]): Promise<void>;
  /** Returns the runs that rows were made from and that belong to one of these conversations. */
  runsOf(conversations: readonly string[]): Promise<readonly string[]>;
  /** Returns how many rows of each dataset, over all versions, were made from these runs. */
  rowsOfRuns(runs: readonly string[]): Promise<readonly RowsOfDataset[]>;
}

/** Writes that change datasets. */
export interface DatasetWrites {
  create(dataset: { readonly name: string; readonly description: string }): {
    readonly dataset: DatasetInfo;
    readonly writes: readonly GuardedWrite[];
  };
  /** Deletes a dataset with all versions. Errors, also of the commit: `conflict` while a write is running. */
  delete(id: string): readonly GuardedWrite[];
  /**
   * Erases the rows of these runs from all versions of all datasets, including a version that is being written. Each version counts its
   * erased rows.
   */
  forgetRuns(runs: readonly string[]): readonly GuardedWrite[];
}

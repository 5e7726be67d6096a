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

/** Which rows of a version to read. */
export interface DatasetRowsQuery {
  /** Default: the newest. */
  readonly version?: number;
  /** The `next` of the page before. */
  readonly after?: number;
  readonly limit: number;
  readonly split?: string;
  readonly tag?: string;
  /** Only rows that wait for a review, or only others. */
  readonly unreviewed?: boolean;
  /** Only rows that wait for a review, themselves or with proposed documents. */
  readonly toReview?: true;
}

/** A page of rows, in the order in which they were added. */
export interface DatasetRowsPage {
  readonly rows: readonly StoredDatasetRow[];
  /** Missing on the last page. */
  readonly next?: number;
}

/** How rows are written. */
export interface DatasetWrite {
  /** `add` keeps the rows that are not named; `replace` removes them in the new version. */
  readonly mode: 'add' | 'replace';
  readonly who: string;
  readonly note: string;
  /** Ids of rows that the new version does not have. */
  readonly remove?: readonly string[];
  /** Rows with the same inputs as others that the new version does not have. */
  readonly twins?: Pick<RemoveTwinsRequest, 'of' | 'keep'>;
  /** Errors: `conflict` where the dataset is at another version. */
  readonly base?: number;
}

/** A run that rows are made from, and the conversations that it read or wrote. */
interface RunOfRows {
  readonly run: string;
  readonly conversations: readonly string[];
}

/** Rows of a dataset that were made from some runs. */
export interface RowsOfDataset {
  readonly dataset: string;
  readonly rows: number;
}

/**
 * Datasets with versions. A version is never changed; a write makes the next one, whole or not at all. Rows are read and written in pages, so that
 * a dataset may be larger than the memory.
 */
export interface DatasetStore {
  /** Changes, for the operations that make them. */
  readonly write: DatasetWrites;
  list(): Promise<readonly DatasetInfo[]>;
  /** Errors: `not_found`. */
  get(id: string): Promise<DatasetInfo>;
  /** Newest first. Errors: `not_found`. */
  versions(id: string): Promise<readonly DatasetVersion[]>;
  /** Errors: `not_found` for a version too. */
  rows(id: string, query: DatasetRowsQuery): Promise<DatasetRowsPage>;
  /** One row of a version. Errors: `not_found`. */
  row(id: string, row: string, version?: number): Promise<StoredDatasetRow>;
  /** Errors: `not_found`. */
  facets(id: string, version?: number): Promise<DatasetFacets>;
  /** Errors: `not_found`. */
  difference(id: string, from: number, to: number): Promise<DatasetDifference>;
  /** Errors: `not_found`; `conflict` while another write runs; whatever reading the rows throws: then nothing is written. */
  addVersion(
    id: string,
    rows: AsyncIterable<DatasetRow> | Iterable<DatasetRow>,
    write: DatasetWrite,
  ): Promise<DatasetWriteReply>;
  /** Errors: `not_found`. */
  problems(id: string, version?: number): Promise<DatasetProblems>;
  /** Remembers which conversations a run belongs to, so that their erasure reaches its rows. */
  remember(runs: readonly RunOfRows[]): Promise<void>;
  /** The runs that rows were made from and that belong to one of these conversations. */
  runsOf(conversations: readonly string[]): Promise<readonly string[]>;
  /** How many rows of each dataset were made from these runs, in all versions. */
  rowsOfRuns(runs: readonly string[]): Promise<readonly RowsOfDataset[]>;
}

/** Changes of datasets as data. */
export interface DatasetWrites {
  create(dataset: { readonly name: string; readonly description: string }): {
    readonly dataset: DatasetInfo;
    readonly writes: readonly GuardedWrite[];
  };
  /** Deletes all versions. Errors: `conflict` while a write runs, also of the commit. */
  delete(id: string): readonly GuardedWrite[];
  /** Erases the rows of runs from all versions of all datasets, also from a version that is being written. Each version counts what it lost. */
  forgetRuns(runs: readonly string[]): readonly GuardedWrite[];
}

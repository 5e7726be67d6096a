import { checksumOf } from '../../database/damage/damaged-row.js';

/** A row of `versions` without its checksum. */
interface VersionRow {
  readonly workflow_id: string;
  readonly version: number;
  readonly body: string;
  readonly bundle: string;
}

/** A row of `versions` as it is read. */
export interface StoredVersionRow extends VersionRow {
  readonly number: number;
  /** Rows of older versions of Heddle have none. */
  readonly checksum: number | null;
}

/** The columns of a `StoredVersionRow`. */
export const versionColumns = 'rowid AS number, workflow_id, version, body, bundle, checksum';

const checksumOfVersion = ({ workflow_id, version, body, bundle }: VersionRow): number =>
  checksumOf([workflow_id, version, body, bundle]);

/** The values of a row by their columns. */
export const namedVersionValues = (row: VersionRow): Record<string, string | number> => ({
  ...row,
  checksum: checksumOfVersion(row),
});

/** Whether a published version is as it was written. */
export const isWholeVersion = (row: StoredVersionRow): boolean =>
  row.checksum === null || row.checksum === checksumOfVersion(row);

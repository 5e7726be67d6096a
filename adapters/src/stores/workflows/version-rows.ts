import { checksumOf } from '../../database/damage/damaged-row.js';

interface VersionRow {
  readonly workflow_id: string;
  readonly version: number;
  readonly body: string;
  readonly bundle: string;
}

/** A row of `versions` with its number and checksum. */
export interface StoredVersionRow extends VersionRow {
  readonly number: number;
  /** Null in rows of older versions of Heddle. */
  readonly checksum: number | null;
}

export const versionColumns = 'rowid AS number, workflow_id, version, body, bundle, checksum';

const checksumOfVersion = ({ workflow_id, version, body, bundle }: VersionRow): number =>
  checksumOf([workflow_id, version, body, bundle]);

/** The values of a row by column, with its checksum. */
export const namedVersionValues = (row: VersionRow): Record<string, string | number> => ({
  ...row,
  checksum: checksumOfVersion(row),
});

/** Whether a published version is unchanged since it was written. */
export const isWholeVersion = (row: StoredVersionRow): boolean =>
  row.checksum === null || row.checksum === checksumOfVersion(row);

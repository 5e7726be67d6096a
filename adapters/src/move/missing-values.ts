import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { MovedTable, Row } from './rows/row-forms.js';

const blobId = /sha256:([0-9a-f]{2})([0-9a-f]{62})/g;

/** Finds which large values that runs and records name are not among the files of a folder. */
export class MissingValues {
  private readonly folder: string;
  private readonly known = new Set<string>();
  /** Values that are not there. */
  readonly missing = new Set<string>();

  constructor(folder: string) {
    this.folder = folder;
  }

  readonly note = ({ name }: MovedTable, row: Row): void => {
    const { blobs } = row;
    if ((name !== 'runs' && name !== 'records') || typeof blobs !== 'string') return;
    for (const [id, start = '', rest = ''] of blobs.matchAll(blobId)) {
      if (this.known.has(id)) continue;
      this.known.add(id);
      if (!existsSync(join(this.folder, start, rest))) this.missing.add(id);
    }
  };
}

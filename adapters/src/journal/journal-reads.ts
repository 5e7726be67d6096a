import { HeddleError } from '@heddle/core';
import { answer } from '../database/answer.js';
import type { Damages } from '../database/damage/damages.js';
import { withStorageErrors } from '../database/storage-error.js';

/** Reads a database file and records damage that a read finds. */
export class JournalReads {
  private readonly file: string;
  private readonly damages: Pick<Damages, 'note'> | undefined;

  constructor(file: string, damages: Pick<Damages, 'note'> | undefined) {
    this.file = file;
    this.damages = damages;
  }

  /** Runs a synchronous read. Errors: `storage_*`, and those of the read. */
  read<Value>(work: () => Value): Promise<Value> {
    return answer(() => withStorageErrors(this.file, work)).catch(this.noteDamage);
  }

  /** Records a large value that cannot be read. */
  readonly noteLost = (location: string, reason: string): void => this.damages?.note(location, reason);

  /** Records the damaged row that an error names, and throws the error again. */
  readonly noteDamage = (error: unknown): never => {
    if (error instanceof HeddleError && error.code === 'storage_corrupt') {
      const location = error.details?.['place'];
      if (typeof location === 'string' && rowLocation.test(location)) this.damages?.note(location, error.message);
    }
    throw error;
  };
}

const rowLocation = /^(?:records|runs|bundles)\//;

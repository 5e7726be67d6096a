import { HeddleError } from '@heddle/core';
import { examineInChildNow, type Finding } from '../../database/damage/examine-file.js';
import { codeOf } from '../../database/storage-error.js';

/** A file that was found undamaged is not examined again for this long. */
const trustMs = 10_000;

/**
 * Decides whether the file is really damaged. SQLite also reports damage when the disk could not read the file for a moment. So damage is
 * reported only after the whole file was examined, while this thread waits; otherwise the error becomes one that may pass
 * (`storage_failed`).
 */
export function createDamageJudge(
  file: string,
  examine: (file: string) => Finding = examineInChildNow,
): (error: unknown) => unknown {
  let last: { readonly finding: Finding; readonly at: number } | undefined;

  function find(): Finding {
    const isFresh = last?.finding === 'damaged' || (last !== undefined && performance.now() - last.at < trustMs);
    if (last === undefined || !isFresh) last = { finding: examine(file), at: performance.now() };
    return last.finding;
  }

  return (error) => {
    if (!(error instanceof HeddleError) || error.code !== 'storage_corrupt') return error;
    // Damage that Heddle found itself, such as an empty file, is certain.
    if (codeOf(error.cause)?.startsWith('SQLITE_') !== true || find() === 'damaged') return error;
    return new HeddleError(
      'storage_failed',
      `${file}: The disk cannot read what was written to it: check the disk, its connection and the system log. Try again in a moment.`,
      { cause: error, details: { place: file } },
    );
  };
}

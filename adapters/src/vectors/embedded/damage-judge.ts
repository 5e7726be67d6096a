import { HeddleError } from '@heddle/core';
import { examineInChildNow, type Finding } from '../../database/damage/examine-file.js';
import { codeOf } from '../../database/storage-error.js';

/** A file that was not found damaged is not looked through again so soon. */
const trustMs = 10_000;

/**
 * SQLite also calls a file damaged that the disk could not read for a moment. So damage is believed once the whole file was looked
 * through, which this thread waits for; until then it is a fault that may pass (`storage_failed`).
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
    // What we found by ourselves, such as an empty file, is certain.
    if (codeOf(error.cause)?.startsWith('SQLITE_') !== true || find() === 'damaged') return error;
    return new HeddleError(
      'storage_failed',
      `${file}: The disk does not read what it was given: check it, its connection and the log of the system. Try again in a moment.`,
      { cause: error, details: { place: file } },
    );
  };
}

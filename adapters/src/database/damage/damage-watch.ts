import { HeddleError } from '@heddle/core';
import { examineInChild, type Finding } from './examine-file.js';

/** Checks a whole file without blocking the event loop; tests pass their own function. */
export type Examine = (file: string) => Promise<Finding>;

/** Decides whether an open database is damaged, or its disk only failed to read. */
interface DamageWatch {
  /** Converts an error by which SQLite reports damage. */
  judge(error: unknown): HeddleError;
  /** Damage that was found, or a suspicion that is being checked. */
  readonly fault: HeddleError | undefined;
  close(): void;
}

const firstWaitMs = 1_000;
const longestWaitMs = 15_000;
/** How long a file that was found intact is not checked again, in milliseconds. */
const trustMs = 10_000;

/**
 * SQLite reports a failed read of the disk as `SQLITE_CORRUPT` too. Such an error therefore counts as temporary (`storage_failed`) until
 * the whole file was checked. If the disk cannot read the file, it is checked again later. Damage that was found stays.
 */
export function createDamageWatch(file: string, examine: Examine = examineInChild): DamageWatch {
  let fault: HeddleError | undefined;
  let isChecking = false;
  let isClosed = false;
  let waitMs = firstWaitMs;
  let wholeAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  function check(): void {
    isChecking = true;
    timer = undefined;
    void examine(file)
      .catch((): Finding => 'unreadable')
      .then(settle);
  }

  function settle(finding: Finding): void {
    isChecking = false;
    if (isClosed) return;
    if (finding === 'unreadable') {
      fault = unreadable(file);
      timer = setTimeout(check, waitMs).unref();
      waitMs = Math.min(longestWaitMs, waitMs * 2);
      return;
    }
    waitMs = firstWaitMs;
    fault = finding === 'damaged' ? damaged(file) : undefined;
    if (finding === 'whole') wholeAt = performance.now();
  }

  return {
    judge(error) {
      if (fault?.code === 'storage_corrupt') return damaged(file, error);
      if (performance.now() - wholeAt < trustMs) return unreadable(file, error);
      fault ??= doubtful(file);
      if (!isChecking && timer === undefined) check();
      return doubtful(file, error);
    },
    get fault() {
      return fault;
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

function doubtful(file: string, cause?: unknown): HeddleError {
  return new HeddleError(
    'storage_failed',
    `${file}: A page could not be read as it was written. Heddle checks the file, and continues by itself if only the read failed.`,
    { cause, details: { place: file } },
  );
}

function unreadable(file: string, cause?: unknown): HeddleError {
  return new HeddleError(
    'storage_failed',
    `${file}: The disk cannot read what was written to it: check the disk, its connection and the system log. Heddle tries again by itself.`,
    { cause, details: { place: file } },
  );
}

function damaged(file: string, cause?: unknown): HeddleError {
  return new HeddleError(
    'storage_corrupt',
    `${file}: It is damaged: stop Heddle, keep a copy of the folder, and restore a backup with heddle restore.`,
    { cause, details: { place: file } },
  );
}

import { toHeddleError, type IngestProgress, type IngestReport } from '@heddle/core';

type Counts = { -readonly [Name in Exclude<keyof IngestProgress, 'current' | 'stage'>]: number };

/** Counts an ingest and tells how far it is. */
export interface Tally {
  readonly counts: Counts;
  readonly failures: IngestReport['failures'];
  fail(document: string, error: unknown): void;
  tell(stage: IngestProgress['stage'], current?: string): void;
}

export function createTally(onProgress: ((progress: IngestProgress) => void) | undefined): Tally {
  const counts: Counts = { documents: 0, done: 0, unchanged: 0, failed: 0, removed: 0, passages: 0, tokens: 0 };
  const failures: IngestReport['failures'][number][] = [];
  return {
    counts,
    failures,
    fail: (document, error) => {
      const { code, message } = toHeddleError(error, 'document_damaged');
      failures.push({ document, code, message });
      counts.failed += 1;
    },
    tell: (stage, current) => {
      onProgress?.({
        ...counts,
        ...(stage === undefined ? {} : { stage }),
        ...(current === undefined ? {} : { current }),
      });
    },
  };
}

import { toHeddleError, type IngestDocument, type IngestProgress, type IngestReport } from '@heddle/core';

type Counts = { -readonly [Name in Exclude<keyof IngestProgress, 'current' | 'stage' | 'recent'>]: number };

/** Counts the documents of an import and reports its progress. */
export interface Tally {
  readonly counts: Counts;
  readonly failures: IngestReport['failures'];
  fail(document: string, error: unknown): void;
  note(document: string, stage: IngestDocument['stage'], passages?: number): void;
  report(stage: IngestProgress['stage'], current?: string): void;
}

/**
 * How many documents are reported one by one; earlier ones are only counted. Failed documents stay longest, because an interrupted import
 * has no report of them.
 */
const mostRecent = 200;

export function createTally(onProgress: ((progress: IngestProgress) => void) | undefined): Tally {
  const counts: Counts = { documents: 0, done: 0, unchanged: 0, failed: 0, removed: 0, passages: 0, tokens: 0 };
  const failures: IngestReport['failures'][number][] = [];
  const recent = new Map<string, IngestDocument>();
  const note = (entry: IngestDocument): void => {
    recent.set(entry.document, entry);
    if (recent.size <= mostRecent) return;
    const [oldest] = recent.keys();
    const left = [...recent.values()].find(({ stage }) => stage !== 'failed')?.document ?? oldest;
    if (left !== undefined) recent.delete(left);
  };
  return {
    counts,
    failures,
    fail: (document, error) => {
      const { code, message } = toHeddleError(error, 'document_damaged');
      failures.push({ document, code, message });
      counts.failed += 1;
      note({ document, stage: 'failed', message });
    },
    note: (document, stage, passages) => note({ document, stage, passages }),
    report: (stage, current) => {
      onProgress?.({
        ...counts,
        stage,
        current,
        recent: [...recent.values()],
      });
    },
  };
}

import { IngestDocument, type IngestReport, type JobReply } from '@heddle/core';
import { z } from 'zod';
import { isOpenJob } from '../../../data/queries/use-topic.js';

const Progress = z.object({
  documents: z.number().default(0),
  done: z.number().default(0),
  unchanged: z.number().default(0),
  failed: z.number().default(0),
  passages: z.number().default(0),
  stage: z.string().optional(),
  current: z.string().optional(),
  waits: z.string().optional(),
  recent: z.array(IngestDocument).default([]),
});
type IngestState = z.infer<typeof Progress>;

const Report = z.object({
  documents: z.number(),
  done: z.number(),
  unchanged: z.number(),
  failed: z.number(),
  removed: z.number(),
  passages: z.number(),
  failures: z.array(z.object({ document: z.string(), code: z.string(), message: z.string() })),
});

function readIngest({ progress }: JobReply): IngestState {
  const parsed = Progress.safeParse(progress);
  return parsed.success ? parsed.data : Progress.parse({});
}

/** The result of an import; undefined while it runs or if the whole import failed. */
export function readReport({ result }: JobReply): Omit<IngestReport, 'tokens'> | undefined {
  const parsed = Report.safeParse(result);
  return parsed.success ? parsed.data : undefined;
}

const stages: Readonly<Record<IngestDocument['stage'], string>> = {
  read: 'Reading',
  parse: 'Parsing',
  split: 'Splitting',
  embed: 'Embedding',
  store: 'Storing',
  done: 'Imported',
  unchanged: 'Unchanged',
  failed: 'Failed',
};

/** The display name of a document's stage. */
export const stageText = (stage: IngestDocument['stage']): string => stages[stage];

/** The outcome of an import, in a word or two. */
export function ingestTitle(job: JobReply): string {
  if (isOpenJob(job)) return 'Importing documents';
  if (job.status !== 'done') return job.status === 'cancelled' ? 'Cancelled' : 'Import failed';
  const { done = 0, unchanged = 0, removed = 0, failed = 0 } = readReport(job) ?? {};
  return failed > 0 && done + unchanged + removed === 0 ? 'Nothing was imported' : 'Imported';
}

export function describeIngest(job: JobReply): string {
  if (job.status === 'queued') return 'Queued behind another import';
  if (job.status === 'failed' || job.status === 'cancelled') return job.error?.message ?? 'The import failed.';
  const report = readReport(job);
  if (report !== undefined) {
    const parts = [
      documentCount(report.done),
      ...(report.unchanged > 0 ? [`${report.unchanged} unchanged`] : []),
      ...(report.failed > 0 ? [`${report.failed} failed`] : []),
    ];
    return `${parts.join(', ')} · ${passageCount(report.passages)}`;
  }
  const { documents, done, unchanged, failed, passages, waits } = readIngest(job);
  if (waits !== undefined) return `Waiting for the disk: ${waits}`;
  return `${done + unchanged + failed} of ${documentCount(documents)} · ${passageCount(passages)}`;
}

const documentCount = (count: number): string => (count === 1 ? '1 document' : `${count.toLocaleString()} documents`);
const passageCount = (count: number): string => (count === 1 ? '1 passage' : `${count.toLocaleString()} passages`);

/** The completed share of an import, from 0 to 1; undefined until its documents are known. */
export function importShare(job: JobReply): number | undefined {
  const { documents, done, unchanged, failed } = readIngest(job);
  return documents === 0 ? undefined : (done + unchanged + failed) / documents;
}

/** All known documents of an import with their latest state. The final report overrides earlier progress. */
export function documentStates(job: JobReply): readonly IngestDocument[] {
  const { recent } = readIngest(job);
  const report = readReport(job);
  if (report === undefined) return recent;
  const failures = new Map(report.failures.map(({ document, message }) => [document, message]));
  const listed = new Set(recent.map(({ document }) => document));
  return [
    ...recent.map((state): IngestDocument => {
      const message = failures.get(state.document);
      if (message !== undefined) return { document: state.document, stage: 'failed', message };
      return state.stage === 'unchanged' || state.stage === 'failed' ? state : { ...state, stage: 'done' };
    }),
    ...report.failures
      .filter(({ document }) => !listed.has(document))
      .map(({ document, message }): IngestDocument => ({ document, stage: 'failed', message })),
  ];
}

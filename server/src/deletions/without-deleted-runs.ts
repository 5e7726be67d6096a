import {
  runNotFound,
  type FeedbackStore,
  type Journal,
  type RunQuery,
  type RunScoreStore,
  type RunSummary,
} from '@heddle/core';
import type { Deletions } from './deletions.js';

type Known = Pick<Deletions, 'find' | 'list'>;

/** Hides deleted runs from every route, list, worker and run. They have ended, so nothing is appended to them. */
export function withoutDeletedRuns(stored: Journal, deletions: Known): Journal {
  const isSeen = ({ runId }: Pick<RunSummary, 'runId'>): boolean => deletions.find('run', runId) === undefined;
  const requireExisting = (runId: string): string => {
    if (!isSeen({ runId })) throw runNotFound(runId);
    return runId;
  };
  const list = async (query: RunQuery): Promise<readonly RunSummary[]> => {
    const hidden = deletions.list('run').length;
    if (hidden === 0 || query.limit === undefined) return (await stored.list(query)).filter(isSeen);
    return (await stored.list({ ...query, limit: query.limit + hidden })).filter(isSeen).slice(0, query.limit);
  };
  return {
    accept: (...run) => stored.accept(...run),
    append: (...records) => stored.append(...records),
    flushed: () => stored.flushed?.(),
    saveDeltas: (...deltas) => stored.saveDeltas(...deltas),
    streams: async (runId) => stored.streams(requireExisting(runId)),
    acceptance: async (runId) => stored.acceptance(requireExisting(runId)),
    bundle: async (runId) => stored.bundle(requireExisting(runId)),
    summary: async (runId) => stored.summary(requireExisting(runId)),
    list,
    events: async (runId, options) => stored.events(requireExisting(runId), options),
    unfinished: () => stored.unfinished(),
    due: () => stored.due(),
    requests: async (query) => (await stored.requests(query)).filter(isSeen),
    close: () => stored.close(),
  };
}

/** Hides the feedback on deleted runs. */
export function withoutFeedbackOfDeleted(stored: FeedbackStore, deletions: Known): FeedbackStore {
  return { ...stored, of: async (runId) => (deletions.find('run', runId) === undefined ? stored.of(runId) : []) };
}

/** Hides the monitor scores of deleted runs. Figures over many runs still count them. */
export function withoutScoresOfDeleted(stored: RunScoreStore, deletions: Known): RunScoreStore {
  const isSeen = (runId: string): boolean => deletions.find('run', runId) === undefined;
  return {
    ...stored,
    of: async (runId) => (isSeen(runId) ? stored.of(runId) : []),
    worst: async (query) => (await stored.worst(query)).filter(isSeen),
  };
}

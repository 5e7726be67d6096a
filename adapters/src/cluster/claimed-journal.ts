import { randomUUID } from 'node:crypto';
import { HeddleError, type AppendOptions, type Journal, type RunClaim, type RunRecord } from '@heddle/core';

/** The journal of one worker: appends to the runs that it claimed carry the claim. */
export interface ClaimedJournal extends Journal {
  /** Makes all further appends to this run carry this claim. */
  take(claim: RunClaim): void;
  /** Forgets a claim that was released. */
  drop(runId: string): void;
}

interface Held {
  readonly epoch: number;
  lastSeq: number;
  /** The previous append; it settles when it was answered or refused. */
  last: Promise<unknown>;
  /** An append without a reply. Before anything else is appended, the journal is asked whether it was stored. */
  open: OpenAppend | undefined;
  isLost: boolean;
}

interface OpenAppend {
  readonly records: readonly RunRecord[];
  readonly options: AppendOptions | undefined;
}

/** The batch id and the preceding record with which records were sent. A repeated send uses the same. */
interface Sent {
  readonly batch: string;
  readonly after: number;
}

/**
 * Adds the claims of a worker to a journal that several processes share, so that the engine need not know about claims. If the journal did
 * not reply and the same array of records is appended again, it has the id of the first attempt.
 *
 * @example const journal = createClaimedJournal(shared, (runId) => abort(runId)); journal.take(claim);
 */
export function createClaimedJournal(journal: Journal, onLost: (runId: string) => void): ClaimedJournal {
  const held = new Map<string, Held>();
  const sent = new WeakMap<readonly RunRecord[], Sent>();

  async function send(runId: string, claim: Held, append: OpenAppend): Promise<number> {
    if (claim.open !== undefined && claim.open.records !== append.records) await store(runId, claim, claim.open);
    return store(runId, claim, append);
  }

  async function store(runId: string, claim: Held, append: OpenAppend): Promise<number> {
    if (claim.isLost) throw lost(runId);
    const { records, options } = append;
    const fence = sent.get(records) ?? { batch: randomUUID(), after: claim.lastSeq };
    sent.set(records, fence);
    try {
      const first = await journal.append(runId, records, { ...options, fence: { epoch: claim.epoch, ...fence } });
      claim.open = undefined;
      claim.lastSeq = Math.max(claim.lastSeq, first + records.length - 1);
      if (records.some(({ type }) => type === 'run-end')) forget(runId, claim);
      return first;
    } catch (error) {
      const code = error instanceof HeddleError ? error.code : undefined;
      if (code === 'database_unreachable') claim.open = append;
      else sent.delete(records);
      if (code === 'run_lost') {
        claim.isLost = true;
        onLost(runId);
      }
      throw error;
    }
  }

  function forget(runId: string, claim: Held): void {
    if (held.get(runId) === claim) held.delete(runId);
  }

  return {
    ...journal,
    take: ({ runId, epoch, lastSeq }) =>
      void held.set(runId, { epoch, lastSeq, last: Promise.resolve(), open: undefined, isLost: false }),
    drop: (runId) => void held.delete(runId),
    append(runId, records, options) {
      const claim = held.get(runId);
      if (claim === undefined) return journal.append(runId, records, options);
      const answer = claim.last.then(() => send(runId, claim, { records, options }));
      claim.last = answer.catch(() => undefined);
      return answer;
    },
    saveDeltas(runId, deltas) {
      const claim = held.get(runId);
      if (claim?.isLost !== true) journal.saveDeltas(runId, deltas, claim?.epoch);
    },
  };
}

const lost = (runId: string): HeddleError =>
  new HeddleError('run_lost', `Run '${runId}' was lost to another worker: nothing more is written to it here.`, {
    details: { runId },
  });

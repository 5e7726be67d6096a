import { randomUUID } from 'node:crypto';
import { HeddleError, type AppendOptions, type Journal, type RunClaim, type RunRecord } from '@heddle/core';

/** A journal as one worker uses it: what it appends to runs that it claimed carries their claim. */
export interface ClaimedJournal extends Journal {
  /** From now on, appends to this run carry this claim. */
  take(claim: RunClaim): void;
  /** Forgets a claim that was given back. */
  drop(runId: string): void;
}

interface Held {
  readonly epoch: number;
  lastSeq: number;
  /** The append before, answered or refused. */
  last: Promise<unknown>;
  /** An append that had no answer: whether it was stored is found out before anything else is appended. */
  open: OpenAppend | undefined;
  isLost: boolean;
}

interface OpenAppend {
  readonly records: readonly RunRecord[];
  readonly options: AppendOptions | undefined;
}

/** Under which id, and behind which record, a batch was sent: the same again when it is sent again. */
interface Sent {
  readonly batch: string;
  readonly after: number;
}

/**
 * Adds the claims of a worker to a journal that several processes share, so that the engine needs not know of them. A list of records that is
 * appended again, because the journal did not answer, has the id of the first try.
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

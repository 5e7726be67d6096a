import type { ErrorValue } from '@heddle/core';
import { useCallback, useState, type ReactElement } from 'react';
import { useTargetText } from '../../data/queries/kill-switches-store.js';
import { useGet } from '../../data/queries/use-get.js';
import { useReloadInterval } from '../../data/queries/use-reload-interval.js';
import { type RunHead, standstillText, useRunNow } from '../run/index.js';

/** A run that gets a slot at once is queued only for a moment, which needs no explanation. */
const saidAfterMs = 1_000;
/** How often the position is read, because waiting runs get no event when the queue moves. */
const positionEveryMs = 3_000;
/** By default, a process that ended without notice still counts as the owner of its runs for this time. */
const ownerEveryMs = 10_000;

/** Why a run waits, and its position in the queue. */
export function Standstill({ head }: { readonly head: RunHead }): ReactElement | null {
  const { runId, status } = head;
  const now = useRunNow(status !== 'paused');
  const [since] = useState(now);
  const targetText = useTargetText();
  if (status === 'queued') return now - since < saidAfterMs ? null : <Queued runId={runId} />;
  const { startedAt = since } = head;
  if (status === 'running') return now - startedAt < ownerEveryMs ? null : <WithoutOwner runId={runId} />;
  const text = standstillText(head, targetText);
  return text === undefined ? null : <p className="quiet">{text}</p>;
}

function Queued({ runId }: { readonly runId: string }): ReactElement {
  const { value, again } = useGet('/api/runs/{id}', { params: { path: { id: runId } } });
  useReloadInterval(again, positionEveryMs);
  const why = value?.waiting;
  if (why !== undefined) return <Missing why={why} then="The run starts by itself then." />;
  return <p className="quiet">{queueText(value?.summary.position)}</p>;
}

/**
 * Says why a run whose process ended does not continue in another process. The list of runs has the reason without loading the run itself.
 */
function WithoutOwner({ runId }: { readonly runId: string }): ReactElement | null {
  const { value, again } = useGet('/api/runs', { params: { query: { search: runId, limit: 1 } } });
  const isOneProcess = value !== undefined && value.waiting === undefined;
  const askAgain = useCallback(() => {
    if (!isOneProcess) again();
  }, [again, isOneProcess]);
  useReloadInterval(askAgain, ownerEveryMs);
  const why = value?.waiting?.[runId];
  return why === undefined ? null : <Missing why={why} then="The run goes on by itself then." />;
}

function Missing({ why, then }: { readonly why: ErrorValue; readonly then: string }): ReactElement {
  return (
    <p className="field-error">
      {why.message} {then}
    </p>
  );
}

/** The position of a run in the queue; 1 starts next. Undefined if several processes share the queue. */
export function queueText(position: number | undefined): string {
  if (position === undefined) return 'The run starts when a process has a free slot.';
  if (position === 1) return 'All slots are in use. The run is next to start.';
  const before = position - 1;
  return `All slots are in use. ${before === 1 ? '1 run starts' : `${before.toLocaleString('en')} runs start`} before it.`;
}

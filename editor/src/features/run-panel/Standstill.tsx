import { useState, type ReactElement } from 'react';
import { useTargetText } from '../../data/queries/kill-switches-store.js';
import { useGet } from '../../data/queries/use-get.js';
import { useAgain } from '../../data/queries/use-again.js';
import { type RunHead, standstillText, useRunNow } from '../run/index.js';

/** A run that gets a slot at once is queued for a moment: too short to explain. */
const saidAfterMs = 1_000;
/** The queue moves without an event for the waiting runs. */
const positionEveryMs = 3_000;

/** Why a run waits, and its position in the queue. */
export function Standstill({ head }: { readonly head: RunHead }): ReactElement | null {
  const isQueued = head.status === 'queued';
  const now = useRunNow(isQueued);
  const [since] = useState(now);
  const targetText = useTargetText();
  if (isQueued) return now - since < saidAfterMs ? null : <Queued runId={head.runId} />;
  const text = standstillText(head, targetText);
  return text === undefined ? null : <p className="quiet">{text}</p>;
}

function Queued({ runId }: { readonly runId: string }): ReactElement {
  const { value, again } = useGet('/api/runs/{id}', { params: { path: { id: runId } } });
  useAgain(again, positionEveryMs);
  const why = value?.waiting;
  if (why !== undefined) return <p className="field-error">{why.message} The run starts by itself then.</p>;
  return <p className="quiet">{queueText(value?.summary.position)}</p>;
}

/** The queue position of a run; 1 starts next. */
export function queueText(position: number | undefined): string {
  if (position === undefined) return 'All slots are in use. The run starts when one is free.';
  if (position === 1) return 'All slots are in use. The run is next to start.';
  const before = position - 1;
  return `All slots are in use. ${before === 1 ? '1 run starts' : `${before.toLocaleString('en')} runs start`} before it.`;
}

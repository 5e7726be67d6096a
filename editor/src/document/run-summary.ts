import type { NodeRunSettings } from '@heddle/core';
import { durationText } from '../format/duration-field.js';

/** What of a node's way to run is no default, in a line: `3 attempts, 30 s at most`. Undefined where it runs as any node does. */
export function runSummary(run: NodeRunSettings | undefined): string | undefined {
  if (run === undefined) return undefined;
  const { retry, wallMs, idleMs, join, atMostOnce, disabled } = run;
  const parts = [
    (retry?.attempts ?? 1) > 1 && atMostOnce !== true ? `${retry?.attempts} attempts` : undefined,
    wallMs === undefined ? undefined : `${durationText(wallMs)} at most`,
    idleMs === undefined ? undefined : `${durationText(idleMs)} of silence at most`,
    join === 'any' ? 'starts at the first input' : undefined,
    atMostOnce === true ? 'at most once' : undefined,
    disabled === true ? 'bypassed' : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** The small sign of a card whose node does not run as any node does. One of them: its title says the rest. */
export type RunSign =
  | { readonly kind: 'attempts'; readonly attempts: number }
  | { readonly kind: 'once' }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'join' };

/** The sign that says most. A bypassed node says so by itself. */
export function runSign(run: NodeRunSettings | undefined): RunSign | undefined {
  if (run === undefined) return undefined;
  if (run.atMostOnce === true) return { kind: 'once' };
  if (run.retry !== undefined && run.retry.attempts > 1) return { kind: 'attempts', attempts: run.retry.attempts };
  if (run.wallMs !== undefined || run.idleMs !== undefined) return { kind: 'deadline' };
  return run.join === 'any' ? { kind: 'join' } : undefined;
}

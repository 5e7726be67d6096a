import type { NodeRunSettings } from '@heddle/core';
import { durationText } from '../../../ui/format/duration-field.js';

/** The run settings of a node that differ from the defaults, in one line: `3 attempts, timeout 30 s`. Undefined if there are none. */
export function runSummary(run: NodeRunSettings | undefined): string | undefined {
  if (run === undefined) return undefined;
  const { retry, wallMs, idleMs, join, atMostOnce, disabled } = run;
  const parts = [
    (retry?.attempts ?? 1) > 1 && atMostOnce !== true ? `${retry?.attempts} attempts` : undefined,
    wallMs === undefined ? undefined : `timeout ${durationText(wallMs)}`,
    idleMs === undefined ? undefined : `idle timeout ${durationText(idleMs)}`,
    join === 'any' ? 'starts at the first input' : undefined,
    atMostOnce === true ? 'at most once' : undefined,
    disabled === true ? 'bypassed' : undefined,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** The mark of a card whose node has special run settings. A card shows only one mark, whose title lists all settings. */
export type RunSign =
  | { readonly kind: 'attempts'; readonly attempts: number }
  | { readonly kind: 'once' }
  | { readonly kind: 'deadline' }
  | { readonly kind: 'join' };

/** The most important mark of a node's run settings. A bypassed node has a separate mark. */
export function runSign(run: NodeRunSettings | undefined): RunSign | undefined {
  if (run === undefined) return undefined;
  if (run.atMostOnce === true) return { kind: 'once' };
  if (run.retry !== undefined && run.retry.attempts > 1) return { kind: 'attempts', attempts: run.retry.attempts };
  if (run.wallMs !== undefined || run.idleMs !== undefined) return { kind: 'deadline' };
  return run.join === 'any' ? { kind: 'join' } : undefined;
}

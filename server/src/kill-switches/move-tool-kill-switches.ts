import type { KillSwitchStore } from '@heddle/adapters/stores';
import { workflowToolName } from '@heddle/nodes';

/**
 * A workflow is a tool of agents under its slug, unless they rename it. If that tool is stopped, the new slug is stopped too; the former
 * name stays, because earlier versions use it. Call it within a transaction; gives the new targets.
 *
 * @example moveToolStops(stops, 'untitled', 'greet') // ['tool:greet'] where 'tool:untitled' is stopped
 */
export function moveToolKillSwitches(
  killSwitches: Pick<KillSwitchStore, 'get' | 'set'>,
  former: string,
  slug: string,
): readonly string[] {
  const stop = killSwitches.get(`tool:${workflowToolName(former)}`);
  const target = `tool:${workflowToolName(slug)}`;
  if (stop === undefined || killSwitches.get(target) !== undefined) return [];
  killSwitches.set({ ...stop, target });
  return [target];
}

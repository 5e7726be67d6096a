import type { KillSwitchStore } from '@heddle/adapters/stores';
import { workflowToolName } from '@heddle/nodes';

/**
 * A workflow is a tool of agents by its slug, unless they name it anew. Where that tool is stopped, it is under the new slug too: what was
 * published before has the former name, so that both stay. For a transaction that is open; gives the targets that were set.
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

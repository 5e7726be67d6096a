import type { KillSwitchStore, MovedKillSwitches } from '@heddle/adapters/stores';
import { workflowToolName } from '@heddle/nodes';

/**
 * A workflow is a tool of agents under its slug, unless they rename it. If that tool is stopped, the new slug is stopped too; the former
 * name stays, because earlier versions use it. Gives the new targets, and the writes that stop them.
 *
 * @example moveToolStops(stops, 'untitled', 'greet') // { targets: ['tool:greet'], … } where 'tool:untitled' is stopped
 */
export function moveToolKillSwitches(
  killSwitches: Pick<KillSwitchStore, 'get' | 'write'>,
  former: string,
  slug: string,
): MovedKillSwitches {
  const from = `tool:${workflowToolName(former)}`;
  const to = `tool:${workflowToolName(slug)}`;
  const isMoved = killSwitches.get(from) !== undefined && killSwitches.get(to) === undefined;
  // Also where it was set meanwhile: the write reads it again.
  return { targets: isMoved ? [to] : [], writes: killSwitches.write.copy(from, to) };
}

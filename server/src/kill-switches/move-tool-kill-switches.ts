import type { KillSwitchStore, MovedKillSwitches } from '@heddle/adapters/stores';
import { workflowToolName } from '@heddle/nodes';

/**
 * Copies the kill switch of a workflow's tool when its slug changes. Agents call a workflow by a tool that is named after its slug, unless
 * they rename it. The former name stays stopped, because earlier versions use it. Returns the new targets, and the writes that stop them.
 *
 * @example moveToolKillSwitches(killSwitches, 'untitled', 'greet') // { targets: ['tool:greet'], … } if 'tool:untitled' is stopped
 */
export function moveToolKillSwitches(
  killSwitches: Pick<KillSwitchStore, 'get' | 'write'>,
  former: string,
  slug: string,
): MovedKillSwitches {
  const from = `tool:${workflowToolName(former)}`;
  const to = `tool:${workflowToolName(slug)}`;
  const isMoved = killSwitches.get(from) !== undefined && killSwitches.get(to) === undefined;
  // The writes are always given, because they read the kill switch again in case it was set meanwhile.
  return { targets: isMoved ? [to] : [], writes: killSwitches.write.copy(from, to) };
}

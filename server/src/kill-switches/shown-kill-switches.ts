import type { KillSwitchesReply } from '@heddle/core';
import type { ProjectView } from '../auth/rights/project-view.js';

/** Whether a caller may see a kill switch. Those of workflows are only for members of the project; all others are for everybody. */
export function isShown(view: ProjectView, target: string): boolean {
  return !target.startsWith('workflow:') || view.shows('workflow', target.slice('workflow:'.length));
}

/** The kill switches that a caller may see. */
export const shownKillSwitches = (view: ProjectView, { killSwitches }: KillSwitchesReply): KillSwitchesReply => ({
  killSwitches: killSwitches.filter(({ target }) => isShown(view, target)),
});

import type { KillSwitchesReply } from '@heddle/core';
import type { ProjectView } from '../auth/rights/project-view.js';

/** Everybody may see a kill switch; that of a workflow only members of its project. */
export function isShown(view: ProjectView, target: string): boolean {
  return !target.startsWith('workflow:') || view.shows('workflow', target.slice('workflow:'.length));
}

/** The kill switches that a caller may see. */
export const shownKillSwitches = (view: ProjectView, { killSwitches }: KillSwitchesReply): KillSwitchesReply => ({
  killSwitches: killSwitches.filter(({ target }) => isShown(view, target)),
});

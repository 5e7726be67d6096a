import type { ProjectView } from '../auth/rights/project-view.js';

/** The project that a request names; without it, a list shows every project of the caller. */
export const namedIn = ({ isNamed, project }: ProjectView): string | undefined => (isNamed ? project : undefined);

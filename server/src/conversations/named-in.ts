import type { ProjectView } from '../auth/rights/project-view.js';

/** The project that a request names. If undefined, a list shows all projects of the caller. */
export const namedIn = ({ isNamed, project }: ProjectView): string | undefined => (isNamed ? project : undefined);

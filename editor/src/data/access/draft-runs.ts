import { useKnownMay } from './me-store.js';
import { useProject } from './project-store.js';

const draftRunsNeed = 'Running drafts needs the role editor in this project';

/** Whether the user may run drafts here (undefined until known), and the reason if not. */
export function useDraftRuns(): { readonly may: boolean | undefined; readonly reason: string | undefined } {
  const may = useKnownMay('run:draft');
  const isArchived = useProject()?.archivedAt !== undefined;
  return {
    may,
    reason: may !== false ? undefined : isArchived ? 'The project is archived: nothing can run in it' : draftRunsNeed,
  };
}

import type { Session } from '../session.js';
import type { StartRequest } from '../run/run-session.js';
import { say } from '../view/view-store.js';

/** Runs what is on the screen: the draft is saved first, and nothing older is run in its place. Gives the run's id where it began. */
export async function startSaved(
  { autosave, documents, runs, view }: Pick<Session, 'autosave' | 'documents' | 'runs' | 'view'>,
  workflowId: string,
  inputs: Readonly<Record<string, unknown>>,
  options: Omit<StartRequest, 'inputs'> = {},
): Promise<string | undefined> {
  await autosave.flush();
  const { saveState, saveError, origin } = documents.getState();
  if (origin.kind === 'draft' && saveState !== 'saved') {
    say(
      view,
      saveState === 'conflict'
        ? 'The workflow was changed elsewhere: choose whose version to keep, then run.'
        : `Not run, as the draft is not saved. ${saveError?.message ?? ''}`,
      true,
    );
    return undefined;
  }
  return runs.start(workflowId, inputs, options);
}

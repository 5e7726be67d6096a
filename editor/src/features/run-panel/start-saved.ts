import type { Session } from '../session/index.js';
import type { StartRequest } from '../run/index.js';
import { showToast } from '../view/index.js';

/**
 * Saves the draft on the screen and runs it. Returns the id of the run; undefined if the draft could not be saved or the run did not start.
 */
export async function startSaved(
  { autosave, documents, runs, view }: Pick<Session, 'autosave' | 'documents' | 'runs' | 'view'>,
  workflowId: string,
  inputs: Readonly<Record<string, unknown>>,
  options: Omit<StartRequest, 'inputs'> = {},
): Promise<string | undefined> {
  await autosave.flush();
  const { saveState, saveError, origin } = documents.getState();
  if (origin.kind === 'draft' && saveState !== 'saved') {
    showToast(
      view,
      saveState === 'conflict'
        ? 'The workflow was changed elsewhere. Choose a version to keep, then run.'
        : `Not run, because the draft could not be saved. ${saveError?.message ?? ''}`,
      true,
    );
    return undefined;
  }
  return runs.start(workflowId, inputs, options);
}

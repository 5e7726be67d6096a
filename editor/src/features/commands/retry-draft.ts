import { z } from 'zod';
import { navigate, workflowPath } from '../../ui/navigation/route.js';
import { trialOptions } from '../run/index.js';
import type { CommandContext } from '../session/index.js';
import { showToast } from '../view/index.js';

/** The server's error if a result should be reused but its node has changed. */
const mismatch = 'reused_result_mismatch';
const Changed = z.object({ nodes: z.array(z.string()) });

/**
 * Runs the draft on the inputs of the run that is shown and reuses the results of unchanged nodes. If a finished node has changed, the run
 * starts at this node; if the server refuses that too, it starts at the input node.
 */
export async function retryDraft({ documents, runs, view, saveNow }: CommandContext): Promise<void> {
  const reuseFrom = runs.store.getState().run?.runId;
  await saveNow();
  const { id, slug, document, saveState } = documents.getState();
  if (id === undefined || document === undefined || reuseFrom === undefined) return;
  if (saveState !== 'saved') {
    showToast(view, 'Not run, because the draft could not be saved.', true);
    return;
  }
  const options = { ...trialOptions(runs.trials.getState(), document.nodes), reuseFrom };
  const input = Object.entries(document.nodes).find(([, { type }]) => type === 'input')?.[0];
  let runId = await runs.start(id, {}, options);
  for (const from of [changedNode(runs), input]) {
    if (runId !== undefined || from === undefined || runs.store.getState().error?.code !== mismatch) continue;
    runId = await runs.start(id, {}, { ...options, from });
  }
  if (runId !== undefined) navigate(workflowPath(slug ?? id, runId));
  else showToast(view, runs.store.getState().error?.message ?? 'The run did not start.', true);
}

/** The first finished node that has changed since the run, as the server's error names it. */
function changedNode(runs: CommandContext['runs']): string | undefined {
  const { error } = runs.store.getState();
  return error?.code === mismatch ? Changed.safeParse(error.details).data?.nodes[0] : undefined;
}

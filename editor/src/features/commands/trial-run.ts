import type { CommandContext } from '../session/index.js';
import { toApiError } from '../../data/http/http.js';
import { navigate, runPath, workflowPath } from '../../ui/navigation/route.js';
import { showToast } from '../view/index.js';
import { recallInputs, trialOptions } from '../run/index.js';
import { readInputs } from '../../ui/schema-form/read-inputs.js';
import { client } from '../../data/api/client.js';
import { localValues } from '../../data/browser-storage.js';

/** The part of a workflow to run again: `only` one node, or everything `from` a node on. `pins` are edited outputs by node. */
interface TrialRequest {
  readonly only?: string;
  readonly from?: string;
  readonly pins?: Record<string, Record<string, unknown>>;
}

type Context = Pick<CommandContext, 'documents' | 'runs' | 'view'>;

/**
 * Runs a part of the open workflow on the results of the run that is shown, or of the workflow's latest run. Shows the error if that fails.
 */
export async function runTrial(context: Context, request: TrialRequest): Promise<void> {
  const { documents, runs, view } = context;
  const { document, id, slug, origin } = documents.getState();
  if (document === undefined) return;
  const kept = trialOptions(runs.trials.getState(), document.nodes);
  const pins = { ...kept.pins, ...request.pins };
  const options = {
    only: request.only,
    from: request.from,
    ...(Object.keys(pins).length === 0 ? {} : { pins }),
    breakpoints: kept.breakpoints,
  };
  const runId =
    origin.kind === 'run'
      ? await runs.begin(() =>
          client.POST('/api/runs/{id}/rerun', {
            params: { path: { id: origin.runId } },
            body: { ...options, reuse: true },
          }),
        )
      : id === undefined
        ? undefined
        : await startOnLatest(context, id, options);
  if (runId !== undefined) {
    navigate(origin.kind === 'run' ? runPath(runId) : workflowPath(slug ?? id ?? '', runId));
    return;
  }
  const { error } = runs.store.getState();
  if (error !== undefined) showToast(view, error.message, true);
}

async function startOnLatest(
  { documents, runs, view }: Context,
  workflowId: string,
  options: Parameters<Context['runs']['start']>[2],
): Promise<string | undefined> {
  const inView = runs.store.getState().run?.runId;
  const reuseFrom = inView ?? (await latestRun(workflowId));
  if (reuseFrom !== undefined) return runs.start(workflowId, {}, { ...options, reuseFrom });
  // Without an earlier run, a node without predecessors can still run on the last form input.
  const ports = documents.getState().compiled?.interface.inputs ?? [];
  const read = readInputs(ports, recallInputs(workflowId, localValues()));
  if (read.ok) return runs.start(workflowId, read.values, options);
  showToast(view, 'Run the workflow once first: the node uses the results of that run.', true);
  return undefined;
}

async function latestRun(workflowId: string): Promise<string | undefined> {
  try {
    const { runs } = await client.GET('/api/runs', {
      params: { query: { workflow: workflowId, status: 'done,failed,cancelled', limit: 1 } },
    });
    return runs[0]?.runId;
  } catch (error) {
    if (toApiError(error).isUnreachable) throw error;
    return undefined;
  }
}

/**
 * The complete outputs of a node in the run that is shown. Loads a value if the run has only its preview. Undefined if the node has no
 * outputs.
 */
export async function wholeOutputs(
  { runs }: Pick<Context, 'runs'>,
  node: string,
): Promise<Record<string, unknown> | undefined> {
  const { run } = runs.store.getState();
  const path = run?.pathsOf(node).at(-1);
  const outputs = path === undefined ? undefined : run?.execution(path)?.outputs;
  if (run === undefined || path === undefined || outputs === undefined) return undefined;
  const entries = await Promise.all(
    Object.entries(outputs).map(
      async ([port, labelled]) =>
        [
          port,
          labelled.value === undefined
            ? (
                await client.GET('/api/runs/{id}/values', {
                  params: { path: { id: run.runId }, query: { path, port } },
                })
              ).value
            : labelled.value,
        ] as const,
    ),
  );
  return Object.fromEntries(entries);
}

import { toApiError } from '../../data/http/http.js';
import { navigate, runPath } from '../../ui/navigation/route.js';
import {
  isBreakpoint,
  runInside,
  openScope,
  clearTrials,
  largestPin,
  setPin,
  toggleBreakpoints,
} from '../run/index.js';
import { client } from '../../data/api/client.js';
import { retryDraft } from './retry-draft.js';
import { runTrial, wholeOutputs } from './trial-run.js';
import { showToast, setOverlay } from '../view/index.js';
import type { CommandContext } from '../session/index.js';
import { whyNoDraftRuns, type Command, type CommandFacts } from './command.js';

const hasOneNode = ({ document, view }: CommandFacts): boolean =>
  document.document !== undefined &&
  document.id !== undefined &&
  view.selectedNodes.length === 1 &&
  document.document.nodes[view.selectedNodes[0] ?? ''] !== undefined;
const canTestNode = (facts: CommandFacts): boolean => facts.mayRun && hasOneNode(facts) && !facts.isRunning;
const chosenNode = ({ view }: CommandContext): string => view.getState().selectedNodes[0] ?? '';

/** Commands for test runs: parts of a workflow, edited outputs, and breakpoints. */
export const testCommands: readonly Command[] = [
  {
    id: 'run-node',
    title: 'Run this node only',
    group: 'Run',
    keys: ['Shift+Enter'],
    isEnabled: canTestNode,
    whyOff: whyNoDraftRuns,
    run: (context) => runTrial(context, { only: chosenNode(context) }),
  },
  {
    id: 'run-from',
    title: 'Run from here',
    group: 'Run',
    keys: ['R'],
    isEnabled: canTestNode,
    whyOff: whyNoDraftRuns,
    run: (context) => runTrial(context, { from: chosenNode(context) }),
  },
  { id: 'pin', title: 'Pin or unpin output', group: 'Run', keys: ['P'], isEnabled: hasOneNode, run: togglePin },
  {
    id: 'edit-output',
    title: 'Edit output and continue from it',
    group: 'Run',
    keys: ['E'],
    isEnabled: canTestNode,
    whyOff: whyNoDraftRuns,
    run: (context) => setOverlay(context.view, { kind: 'edit-output', node: chosenNode(context) }),
  },
  {
    id: 'breakpoint',
    title: 'Set or remove breakpoint',
    group: 'Run',
    keys: ['B'],
    isEnabled: ({ document, view }) => document.id !== undefined && view.selectedNodes.length > 0,
    run: ({ runs, view }) => toggleBreakpoints(runs.trials, view.getState().selectedNodes),
  },
  {
    id: 'continue',
    title: 'Continue from breakpoint',
    group: 'Run',
    keys: ['F9'],
    isGlobal: true,
    isEnabled: ({ isRunning }) => isRunning,
    run: (context) => continueBreakpoints(context, false),
  },
  {
    id: 'step',
    title: 'Step to next node',
    group: 'Run',
    keys: ['F10'],
    isGlobal: true,
    isEnabled: ({ isRunning }) => isRunning,
    run: (context) => continueBreakpoints(context, true),
  },
  {
    id: 'clear-trials',
    title: 'Remove all pins and breakpoints',
    group: 'Run',
    keys: [],
    isEnabled: ({ document }) => document.id !== undefined,
    run: ({ runs }) => clearTrials(runs.trials),
  },
  {
    id: 'rerun',
    title: 'Rerun with the same input',
    group: 'Run',
    keys: [],
    isEnabled: ({ hasRun, isRunning, mayRun }) => hasRun && mayRun && !isRunning,
    whyOff: whyNoDraftRuns,
    run: (context) =>
      startFromShownRun(context, (runId) =>
        client.POST('/api/runs/{id}/rerun', { params: { path: { id: runId } }, body: {} }),
      ),
  },
  {
    id: 'retry-draft',
    title: 'Retry with this draft',
    group: 'Run',
    keys: [],
    isEnabled: ({ document, hasRun, isRunning, mayRun }) =>
      document.origin.kind === 'draft' && document.id !== undefined && hasRun && mayRun && !isRunning,
    whyOff: whyNoDraftRuns,
    run: retryDraft,
  },
  {
    id: 'resume-run',
    title: 'Retry with the workflow as it was',
    group: 'Run',
    keys: [],
    isEnabled: ({ hasRun, isRunning, mayRun }) => hasRun && mayRun && !isRunning,
    whyOff: whyNoDraftRuns,
    run: (context) =>
      startFromShownRun(context, (id) => client.POST('/api/runs/{id}/resume', { params: { path: { id } } })),
  },
  {
    id: 'play',
    title: 'Play back run',
    group: 'Run',
    keys: ['Shift+P'],
    isEnabled: ({ hasRun, isRunning }) => hasRun && !isRunning,
    run: ({ runs }) => runs.play(),
  },
  {
    id: 'open-inside',
    title: 'Open nested run',
    group: 'Run',
    keys: ['Mod+ArrowDown'],
    isEnabled: ({ hasRunInside }) => hasRunInside,
    run: (context) => {
      const inside = runInside(context.runs, chosenNode(context));
      if (inside !== undefined) openScope(context.runs.focus, inside.scope);
    },
  },
];

async function togglePin(context: CommandContext): Promise<void> {
  const { runs, view } = context;
  const node = chosenNode(context);
  if (Object.hasOwn(runs.trials.getState().pins, node)) {
    setPin(runs.trials, node, undefined);
    showToast(view, 'The node runs again');
    return;
  }
  try {
    const outputs = await wholeOutputs(context, node);
    if (outputs === undefined) showToast(view, 'No output to pin: run the workflow first, or edit the output.', true);
    else if (JSON.stringify(outputs).length > largestPin)
      showToast(view, 'The output is over 1 MB, too large to pin. Run from the next node instead.', true);
    else {
      setPin(runs.trials, node, outputs);
      showToast(view, 'Pinned: test runs use this output');
    }
  } catch (error) {
    showToast(view, toApiError(error).message, true);
  }
}

/** Continues every breakpoint at which the run that is shown waits. */
async function continueBreakpoints({ runs, view }: CommandContext, step: boolean): Promise<void> {
  const { run } = runs.store.getState();
  const stops = run?.requests().filter(isBreakpoint) ?? [];
  if (run === undefined || stops.length === 0) {
    showToast(view, 'The run is not at a breakpoint.');
    return;
  }
  try {
    // One after another: only the last reply says whether the run waits at another breakpoint.
    for (const { requestId } of stops)
      await client.POST('/api/runs/{id}/human-inputs/{requestId}/continue', {
        params: { path: { id: run.runId, requestId } },
        body: { step },
      });
  } catch (error) {
    showToast(view, toApiError(error).message, true);
  }
}

async function startFromShownRun(
  { runs, view }: CommandContext,
  request: (runId: string) => Promise<{ readonly runId: string }>,
): Promise<void> {
  const before = runs.store.getState().run?.runId;
  if (before === undefined) {
    showToast(view, 'No run is in view.', true);
    return;
  }
  const runId = await runs.begin(() => request(before));
  if (runId !== undefined) navigate(runPath(runId));
  else showToast(view, runs.store.getState().error?.message ?? 'The run did not start.', true);
}

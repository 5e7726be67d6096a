import { createStore, type StoreApi } from 'zustand/vanilla';
import { groupIn, groupOf, iterationOf, scopeOf } from './execution/execution-path.js';

/** Which part of a run is shown. It is not stored. */
interface RunFocusState {
  /** The scope of the shown nested run; empty for the run itself. */
  readonly scope: string;
  /** The shown iteration by group of executions. A group without an entry shows its latest execution. */
  readonly picks: ReadonlyMap<string, string>;
}

export type RunFocus = StoreApi<RunFocusState>;

const nothing: RunFocusState = { scope: '', picks: new Map() };

/** Starts with the run itself and its latest iterations. */
export function createRunFocus(): RunFocus {
  return createStore<RunFocusState>(() => nothing);
}

export function resetRunFocus(focus: RunFocus): void {
  focus.setState(nothing);
}

/** Shows a nested run, or the run itself. */
export function openScope(focus: RunFocus, scope: string): void {
  focus.setState({ scope });
}

/** Shows one iteration of a loop on all its nodes. Undefined shows the latest one again. */
export function pickIteration(
  focus: RunFocus,
  scope: string,
  nodes: Iterable<string>,
  iteration: string | undefined,
): void {
  const picks = new Map(focus.getState().picks);
  for (const node of nodes) {
    const group = groupIn(scope, node);
    if (iteration === undefined) picks.delete(group);
    else picks.set(group, iteration);
  }
  focus.setState({ picks });
}

/**
 * Shows the iteration of an execution on all nodes of its loop. If the execution is the latest, later iterations are shown as they start.
 */
export function pickExecution(focus: RunFocus, paths: readonly string[], mates: Iterable<string>, path: string): void {
  const isLatest = paths.findLast((other) => groupOf(other) === groupOf(path)) === path;
  pickIteration(focus, scopeOf(path), mates, isLatest ? undefined : iterationOf(path));
}

/**
 * The execution to show for a chosen iteration. A node of an inner loop shows its last execution within that iteration; a node of an outer
 * loop shows the iteration that contains it. Without a choice, the latest execution.
 */
export function pickPath(paths: readonly string[], pick: string | undefined): string | undefined {
  if (pick === undefined) return paths.at(-1);
  return paths.findLast((path) => {
    const iteration = iterationOf(path);
    return (
      iteration !== undefined &&
      (iteration === pick || iteration.startsWith(`${pick}.`) || pick.startsWith(`${iteration}.`))
    );
  });
}

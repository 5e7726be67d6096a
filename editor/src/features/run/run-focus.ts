import { createStore, type StoreApi } from 'zustand/vanilla';
import { groupIn, groupOf, iterationOf, scopeOf } from './execution/execution-path.js';

/** What is shown of a run; it is not stored. */
interface RunFocusState {
  /** The shown nested run; empty for the run itself. */
  readonly scope: string;
  /** The shown iteration, by group of executions; the latest where there is none. */
  readonly picks: ReadonlyMap<string, string>;
}

export type RunFocus = StoreApi<RunFocusState>;

const nothing: RunFocusState = { scope: '', picks: new Map() };

/** The initial state: the run itself, with its latest iterations. */
export function createRunFocus(): RunFocus {
  return createStore<RunFocusState>(() => nothing);
}

/** Resets what is shown of a run. */
export function resetRunFocus(focus: RunFocus): void {
  focus.setState(nothing);
}

/** Shows a nested run, or the run itself. */
export function openScope(focus: RunFocus, scope: string): void {
  focus.setState({ scope });
}

/** Shows one iteration of the nodes of a loop; undefined follows the latest again. */
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

/** Shows the iteration of an execution, with the nodes that iterate with it; the latest one follows new ones. */
export function pickExecution(focus: RunFocus, paths: readonly string[], mates: Iterable<string>, path: string): void {
  const isLatest = paths.findLast((other) => groupOf(other) === groupOf(path)) === path;
  pickIteration(focus, scopeOf(path), mates, isLatest ? undefined : iterationOf(path));
}

/**
 * The execution of a selection: the one of that iteration; for a node of an inner loop, its last within that iteration; for one of an outer
 * loop, the iteration around it. The latest without a selection.
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

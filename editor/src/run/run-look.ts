import { createStore, type StoreApi } from 'zustand/vanilla';
import { groupIn, groupOf, iterationOf, scopeOf } from './execution-path.js';

/** What of a run is looked at; nothing of it is saved. */
export interface RunLookState {
  /** The nested run that is shown; empty for the run itself. */
  readonly scope: string;
  /** The iteration that is looked at, by group of executions; the latest where there is none. */
  readonly picks: ReadonlyMap<string, string>;
}

export type RunLook = StoreApi<RunLookState>;

const nothing: RunLookState = { scope: '', picks: new Map() };

/** A look at the run itself, at its latest iterations. */
export function createRunLook(): RunLook {
  return createStore<RunLookState>(() => nothing);
}

/** Looks at a run anew. */
export function resetLook(look: RunLook): void {
  look.setState(nothing);
}

/** Shows a nested run, or the run itself. */
export function openScope(look: RunLook, scope: string): void {
  look.setState({ scope });
}

/** Looks at one iteration of the nodes of a loop; undefined follows the latest again. */
export function pickIteration(
  look: RunLook,
  scope: string,
  nodes: Iterable<string>,
  iteration: string | undefined,
): void {
  const picks = new Map(look.getState().picks);
  for (const node of nodes) {
    const group = groupIn(scope, node);
    if (iteration === undefined) picks.delete(group);
    else picks.set(group, iteration);
  }
  look.setState({ picks });
}

/** Looks at the iteration of an execution, with the nodes that go round with it; its latest follows those that come. */
export function pickExecution(look: RunLook, paths: readonly string[], mates: Iterable<string>, path: string): void {
  const isLatest = paths.findLast((other) => groupOf(other) === groupOf(path)) === path;
  pickIteration(look, scopeOf(path), mates, isLatest ? undefined : iterationOf(path));
}

/**
 * The execution that a pick means: the one of that iteration; for a node of a loop further in, its last within that
 * iteration; for one further out, the iteration around it. The latest where nothing was picked.
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

import { groupIn } from './execution/execution-path.js';
import type { RunSession } from './run-session.js';
import type { NestedRun } from './fold/side-events.js';

/** The latest nested run of a node in the shown run; undefined if there is none. */
export function runInside(
  { store, focus }: Pick<RunSession, 'store' | 'focus'>,
  nodeId: string,
): NestedRun | undefined {
  const { run } = store.getState();
  const path = run?.pathsOf(groupIn(focus.getState().scope, nodeId)).findLast((each) => run.nestedOf(each).length > 0);
  return path === undefined ? undefined : run?.nestedOf(path).at(-1);
}

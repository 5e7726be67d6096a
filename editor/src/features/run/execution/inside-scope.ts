import type { InnerPath } from '../../../ui/navigation/inner-path.js';
import { groupIn } from './execution-path.js';
import type { RunView } from '../fold/run-view.js';

/**
 * The scope of the latest nested run of an inner workflow; an active run comes before ended ones. If there is none, a scope that matches no
 * run.
 */
export function insideScope(run: Pick<RunView, 'pathsOf' | 'nestedOf'> | undefined, path: InnerPath): string {
  let scope = '';
  for (const { node, name } of path) {
    const group = groupIn(scope, node);
    const runs = (run?.pathsOf(group) ?? [])
      .flatMap((execution) => run?.nestedOf(execution) ?? [])
      .filter(({ workflow }) => workflow === `#${name}`);
    const latest = runs.findLast(({ endedAt }) => endedAt === undefined) ?? runs.at(-1);
    scope = latest?.scope ?? `${group}#${nothing}`;
  }
  return scope;
}

/** A key that no nested run can have. */
const nothing = '~';

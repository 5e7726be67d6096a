import { parentExecutionOf, iterationsOf, nodeOf, scopeOf, scopesTo } from './execution-path.js';

/** Returns the title of a node from its id and the ids of the nodes around it, outermost first, relative to the shown run. */
export type TitleOf = (nodeId: string, around: readonly string[]) => string;

/** The title of an execution in parts. The first part may be shortened. */
export interface ExecutionText {
  /** The titles of the nodes that started the runs around the execution; empty for an execution of the shown run. */
  readonly around: string;
  /** The position in the innermost of these runs, such as `, item 3` of a list. */
  readonly which: string;
  /** The title of the execution's own node, with its iteration. */
  readonly own: string;
}

/**
 * The title of an execution relative to the run `here`: the titles of the nodes around it, then the title of its node with the iteration.
 *
 * @example executionTitle('each#2/rewrite@0.2', '', titleOf) // 'For each, item 3 › Rewrite · iteration 3'
 */
export function executionTitle(path: string, here: string, titleOf: TitleOf): string {
  const { around, which, own } = executionText(path, here, titleOf);
  return around === '' ? own : `${around}${which} › ${own}`;
}

/** The title of an execution in parts; see `executionTitle`. */
export function executionText(path: string, here: string, titleOf: TitleOf): ExecutionText {
  const scope = scopeOf(path);
  const isElsewhere = scope !== here && here !== '' && !scope.startsWith(`${here}/`);
  const steps = scopesTo(scope).slice(isElsewhere ? 0 : scopesTo(here).length);
  const ids = steps.map((step) => nodeOf(parentExecutionOf(step).path));
  // The nodes of another run are not known here, so their ids are shown.
  const title: TitleOf = isElsewhere ? (id) => id : titleOf;
  const around = steps.map((step, index) => ({
    title: title(ids[index] ?? '', ids.slice(0, index)) + iterationText(parentExecutionOf(step).path),
    which: itemText(parentExecutionOf(step).key),
  }));
  const last = around.at(-1);
  return {
    around: [
      ...around.slice(0, -1).map((step) => step.title + step.which),
      ...(last === undefined ? [] : [last.title]),
    ].join(' › '),
    which: last?.which ?? '',
    own: title(nodeOf(path), ids) + iterationText(path),
  };
}

function iterationText(path: string): string {
  const last = iterationsOf(path).at(-1);
  return last === undefined ? '' : ` · iteration ${last + 1}`;
}

/** Items are counted from one, as in the breadcrumb of a nested run. */
function itemText(key: string): string {
  return key === '' ? '' : /^\d+$/.test(key) ? `, item ${Number(key) + 1}` : `, ${key}`;
}

import { beginnerOf, iterationsOf, nodeOf, scopeOf, scopesTo } from './execution-path.js';

/** What a node is called, by its id and the ids of the nodes around it, outermost first, seen from the run that is shown. */
export type TitleOf = (nodeId: string, around: readonly string[]) => string;

/** What an execution is called, in parts, of which the first can be shortened. */
export interface ExecutionWords {
  /** The nodes that began the runs around it; empty for one of the run that is shown. */
  readonly around: string;
  /** Which run of the innermost of them: `, item 3` of a list. */
  readonly which: string;
  /** Its node's title with the iteration. */
  readonly own: string;
}

/**
 * What people call an execution, seen from the run `here`: its node's title with the iteration, after those of the nodes around it.
 *
 * @example executionTitle('each#2/rewrite@0.2', '', titleOf) // 'For each, item 3 › Rewrite · iteration 3'
 */
export function executionTitle(path: string, here: string, titleOf: TitleOf): string {
  const { around, which, own } = executionWords(path, here, titleOf);
  return around === '' ? own : `${around}${which} › ${own}`;
}

/** The same in parts. */
export function executionWords(path: string, here: string, titleOf: TitleOf): ExecutionWords {
  const scope = scopeOf(path);
  const isElsewhere = scope !== here && here !== '' && !scope.startsWith(`${here}/`);
  const steps = scopesTo(scope).slice(isElsewhere ? 0 : scopesTo(here).length);
  const ids = steps.map((step) => nodeOf(beginnerOf(step).path));
  // Nodes of another run are not known here.
  const title: TitleOf = isElsewhere ? (id) => id : titleOf;
  const around = steps.map((step, index) => ({
    title: title(ids[index] ?? '', ids.slice(0, index)) + iterationWords(beginnerOf(step).path),
    which: itemWords(beginnerOf(step).key),
  }));
  const last = around.at(-1);
  return {
    around: [
      ...around.slice(0, -1).map((step) => step.title + step.which),
      ...(last === undefined ? [] : [last.title]),
    ].join(' › '),
    which: last?.which ?? '',
    own: title(nodeOf(path), ids) + iterationWords(path),
  };
}

function iterationWords(path: string): string {
  const last = iterationsOf(path).at(-1);
  return last === undefined ? '' : ` · iteration ${last + 1}`;
}

/** Items of a list are counted from one, as the bar above a run inside counts them. */
function itemWords(key: string): string {
  return key === '' ? '' : /^\d+$/.test(key) ? `, item ${Number(key) + 1}` : `, ${key}`;
}

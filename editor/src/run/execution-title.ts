import { iterationsOf, nodeOf, scopeOf } from './execution-path.js';

/**
 * What people call an execution, seen from the run `here`: its node's title with the iteration. `titleOf` knows the nodes of that run
 * alone; executions of others name their run, and their node by its id.
 *
 * @example executionTitle('rewrite@0.2', '', () => 'Rewrite') // 'Rewrite · iteration 3'
 */
export function executionTitle(path: string, here: string, titleOf: (nodeId: string) => string): string {
  const [scope, id, last] = [scopeOf(path), nodeOf(path), iterationsOf(path).at(-1)];
  const around = here !== '' && scope.startsWith(`${here}/`) ? scope.slice(here.length + 1) : scope;
  const inside = scope === here || around === '' ? '' : `${around} › `;
  return `${inside}${scope === here ? titleOf(id) : id}${last === undefined ? '' : ` · iteration ${last + 1}`}`;
}

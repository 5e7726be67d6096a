/**
 * The title of an execution, made from the titles of the nodes in its path, outermost first. It includes the item of a list and the
 * iteration of a loop, both counted from 1. A node without a title appears with its id.
 *
 * @example titleOfPath('each#2/ask@0.1', ['Each page', 'Approve']) // 'Each page · item 3 › Approve · iteration 2'
 */
export function titleOfPath(path: string, titles: readonly string[] = []): string {
  return path
    .split('/')
    .map((segment, index) => {
      const [, id = segment, iterations, key = ''] = /^([^@#]+)(?:@([\d.]+))?(?:#(.*))?$/.exec(segment) ?? [];
      const last = iterations?.split('.').at(-1);
      const item = /^\d+$/.test(key) ? ` · item ${Number(key) + 1}` : '';
      return `${titles[index] ?? id}${last === undefined ? '' : ` · iteration ${Number(last) + 1}`}${item}`;
    })
    .join(' › ');
}

import { splitEnd, type InnerWorkflow } from './workflow-document.js';

const columnWidth = 320;

/** Positions in columns, by the distance from the start, for documents without positions. Loop edges do not count. */
export function columnsOf(
  document: Pick<InnerWorkflow, 'nodes' | 'edges'>,
  rowHeight = 220,
): Map<string, readonly [number, number]> {
  const incoming = new Map<string, number>();
  const next = new Map<string, string[]>();
  for (const edge of document.edges) {
    const from = splitEnd(edge.from)?.node;
    const to = splitEnd(edge.to)?.node;
    if (edge.loop !== undefined || from === undefined || to === undefined) continue;
    const known = next.get(from);
    if (known === undefined) next.set(from, [to]);
    else known.push(to);
    incoming.set(to, (incoming.get(to) ?? 0) + 1);
  }
  const column = new Map<string, number>();
  let open = Object.keys(document.nodes).filter((id) => !incoming.has(id));
  for (const id of open) column.set(id, 0);
  while (open.length > 0) {
    const following: string[] = [];
    for (const id of open) {
      for (const target of next.get(id) ?? []) {
        column.set(target, Math.max(column.get(target) ?? 0, (column.get(id) ?? 0) + 1));
        incoming.set(target, (incoming.get(target) ?? 1) - 1);
        if (incoming.get(target) === 0) following.push(target);
      }
    }
    open = following;
  }
  const rows = new Map<number, number>();
  return new Map(
    Object.keys(document.nodes).map((id) => {
      const at = column.get(id) ?? 0;
      const row = rows.get(at) ?? 0;
      rows.set(at, row + 1);
      return [id, [at * columnWidth, row * rowHeight]];
    }),
  );
}

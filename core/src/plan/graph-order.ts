/** A directed graph as lists of successors, by node index. */
export type Successors = readonly (readonly number[])[];

/**
 * Topological order of a graph, and the cycles that prevent one (each with its nodes in the order of the edges).
 * Iterative and linear (Kahn 1962 for the order, Tarjan 1972 for the components).
 */
export function orderGraph(successors: Successors): {
  readonly order: readonly number[];
  readonly cycles: readonly (readonly number[])[];
} {
  const incoming = new Array<number>(successors.length).fill(0);
  for (const targets of successors) for (const target of targets) incoming[target] = (incoming[target] ?? 0) + 1;
  const order: number[] = [];
  incoming.forEach((count, node) => {
    if (count === 0) order.push(node);
  });
  for (let position = 0; position < order.length; position += 1) {
    for (const target of successors[order[position] ?? -1] ?? []) {
      const left = (incoming[target] ?? 0) - 1;
      incoming[target] = left;
      if (left === 0) order.push(target);
    }
  }
  if (order.length === successors.length) return { order, cycles: [] };
  return {
    order,
    cycles: components(successors).filter(
      (nodes) => nodes.length > 1 || (successors[nodes[0] ?? -1] ?? []).includes(nodes[0] ?? -1),
    ),
  };
}

/** Strongly connected components, each in order of discovery. */
function components(successors: Successors): number[][] {
  const count = successors.length;
  const discovered = new Array<number>(count).fill(-1);
  const lowest = new Array<number>(count).fill(0);
  const isOpen = new Array<boolean>(count).fill(false);
  const open: number[] = [];
  const found: number[][] = [];
  let next = 0;
  for (let root = 0; root < count; root += 1) {
    if (discovered[root] !== -1) continue;
    const frames: { node: number; child: number }[] = [{ node: root, child: 0 }];
    while (frames.length > 0) {
      const frame = frames[frames.length - 1];
      if (frame === undefined) break;
      const { node } = frame;
      if (frame.child === 0) {
        discovered[node] = lowest[node] = next;
        next += 1;
        open.push(node);
        isOpen[node] = true;
      }
      const targets = successors[node] ?? [];
      if (frame.child < targets.length) {
        const target = targets[frame.child] ?? -1;
        frame.child += 1;
        if (discovered[target] === -1) frames.push({ node: target, child: 0 });
        else if (isOpen[target] === true) lowest[node] = Math.min(lowest[node] ?? 0, discovered[target] ?? 0);
        continue;
      }
      frames.pop();
      const parent = frames[frames.length - 1];
      if (parent !== undefined) lowest[parent.node] = Math.min(lowest[parent.node] ?? 0, lowest[node] ?? 0);
      if (lowest[node] === discovered[node]) found.push(close(node, open, isOpen));
    }
  }
  return found;
}

function close(root: number, open: number[], isOpen: boolean[]): number[] {
  const nodes: number[] = [];
  for (;;) {
    const node = open.pop();
    if (node === undefined) break;
    isOpen[node] = false;
    nodes.push(node);
    if (node === root) break;
  }
  return nodes.reverse();
}

/** Every node that can be reached from a start, the start included. */
export function reach(start: number, successors: Successors): Set<number> {
  const seen = new Set([start]);
  const open = [start];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const target of successors[node] ?? []) {
      if (seen.has(target)) continue;
      seen.add(target);
      open.push(target);
    }
  }
  return seen;
}

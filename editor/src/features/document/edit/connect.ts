import {
  edgeId,
  isAssignable,
  splitEnd,
  type DocumentEdge,
  type PortDescription,
  type WorkflowDocument,
} from '@heddle/core';
import { remove } from './remove.js';

/** A requested edge with its ports, as far as they are known. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  readonly output: PortDescription | undefined;
  readonly input: PortDescription | undefined;
}

/** Why a connection is not allowed; undefined if it is allowed. */
export function refusalOf(document: WorkflowDocument, { from, to, output, input }: Connection): string | undefined {
  const source = splitEnd(from)?.node;
  const target = splitEnd(to)?.node;
  if (source === undefined || target === undefined || output === undefined || input === undefined)
    return 'This port no longer exists.';
  if (source === target)
    return 'A node cannot connect to itself: put a node between, and mark the edge back as a loop.';
  if (document.edges.some((edge) => edge.from === from && edge.to === to)) return 'These ports are already connected.';
  if (!isAssignable(output.type, input.type))
    return `${input.title ?? input.name} takes ${input.type}, not ${output.type}.`;
  return undefined;
}

/**
 * Adds an allowed connection. If the input takes only one value, its earlier edge is removed. An edge that closes a cycle becomes a loop
 * edge.
 */
export function connect(document: WorkflowDocument, { from, to, input }: Connection): WorkflowDocument {
  const source = splitEnd(from)?.node ?? '';
  const target = splitEnd(to)?.node ?? '';
  const kept =
    input?.mode === 'many'
      ? document.edges
      : document.edges.filter((edge) => edge.to !== to || edge.loop !== undefined);
  const isCycle = leadsTo(kept, target, source);
  const edge: DocumentEdge = isCycle ? { from, to, loop: { max: 10, atLimit: 'fail' } } : { from, to };
  // A loop edge may enter the same port as an ordinary edge: its value is used from the second iteration on.
  const edges = isCycle ? document.edges.filter((other) => other.to !== to || other.loop === undefined) : kept;
  return { ...document, edges: [...edges, edge] };
}

/** Moves an edge to other ports. An edge that was and remains a loop edge keeps its limit. */
export function reconnect(document: WorkflowDocument, id: string, connection: Connection): WorkflowDocument {
  const before = document.edges.find((edge) => edgeId(edge) === id);
  const drawn = connect(remove(document, new Set(), new Set([id])), connection);
  if (before?.loop === undefined) return drawn;
  const { loop } = before;
  const isIt = ({ from, to }: DocumentEdge): boolean => from === connection.from && to === connection.to;
  return {
    ...drawn,
    edges: drawn.edges.map((edge) => (isIt(edge) && edge.loop !== undefined ? { ...edge, loop } : edge)),
  };
}

/** The notice about an edge that was just drawn and became a loop edge; undefined for other edges. */
export function loopNotice(document: WorkflowDocument | undefined, id: string): string | undefined {
  const loop = document === undefined ? undefined : edgeOf(document, id)?.loop;
  return loop === undefined
    ? undefined
    : `This edge goes back, so it makes a loop of at most ${loop.max} iterations. Change that in the panel.`;
}

/** Changes the limit of a loop edge. */
export function setLoop(
  document: WorkflowDocument,
  id: string,
  change: Partial<NonNullable<DocumentEdge['loop']>>,
): WorkflowDocument {
  return {
    ...document,
    edges: document.edges.map((edge) =>
      edgeId(edge) === id && edge.loop !== undefined ? { ...edge, loop: { ...edge.loop, ...change } } : edge,
    ),
  };
}

/** Whether a path leads from one node to another. Loop edges do not count. */
function leadsTo(edges: readonly DocumentEdge[], from: string, to: string): boolean {
  const next = new Map<string, string[]>();
  for (const edge of edges) {
    if (edge.loop !== undefined) continue;
    const source = splitEnd(edge.from)?.node ?? '';
    next.set(source, [...(next.get(source) ?? []), splitEnd(edge.to)?.node ?? '']);
  }
  const open = [from];
  const seen = new Set(open);
  while (open.length > 0) {
    const at = open.pop() ?? '';
    if (at === to) return true;
    for (const node of next.get(at) ?? []) {
      if (seen.has(node)) continue;
      seen.add(node);
      open.push(node);
    }
  }
  return false;
}

export function edgeOf(document: WorkflowDocument, id: string): DocumentEdge | undefined {
  return document.edges.find((edge) => edgeId(edge) === id);
}

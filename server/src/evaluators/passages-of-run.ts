import {
  Passage,
  withoutUndefined,
  type ExecutionState,
  type LabelledValue,
  type RetrievedPassage,
  type WorkflowDocument,
} from '@heddle/core';
import { z } from 'zod';

const Passages = z.array(Passage).min(1);

/**
 * The passages that a run retrieved, best first. Only the last nodes that give passages count, so a rerank after a search replaces the
 * search. Of several iterations of a node, the last counts. A repeated passage keeps its first position.
 */
export function passagesOfRun(
  { edges }: Pick<WorkflowDocument, 'edges'>,
  executions: ReadonlyMap<string, Pick<ExecutionState, 'outputs'>>,
): readonly RetrievedPassage[] {
  const found = new Map<string, readonly Passage[]>();
  for (const [path, { outputs }] of executions) {
    const passages = passagesIn(outputs ?? {});
    if (passages !== undefined) found.set(withoutIterations(path), passages);
  }
  const after = followersOf(edges);
  const isLast = (path: string): boolean =>
    ![...found.keys()].some((other) => other !== path && comesAfter(other, path, after));
  const unique = new Map<string, RetrievedPassage>();
  for (const [path, passages] of found) {
    if (!isLast(path)) continue;
    for (const { document, text, score } of passages) {
      const key = `${document}\n${text}`;
      if (!unique.has(key)) unique.set(key, withoutUndefined({ document, text, score }));
    }
  }
  return [...unique.values()];
}

/** The passages in the first output that is a list of passages. */
function passagesIn(outputs: Readonly<Record<string, LabelledValue>>): readonly Passage[] | undefined {
  for (const { value } of Object.values(outputs)) {
    if (!Array.isArray(value) || !Passage.safeParse(value[0]).success) continue;
    const parsed = Passages.safeParse(value);
    if (parsed.success) return parsed.data;
  }
  return undefined;
}

/** Shortens `rewrite@2/search` to `rewrite/search`. Numbers of list items stay, because each item has its own passages. */
const withoutIterations = (path: string): string =>
  path
    .split('/')
    .map((segment) => segment.replace(/@[\d.]+(?=#|$)/, ''))
    .join('/');

const nodeOf = (end: string): string => end.split('.', 1)[0] ?? end;
const topOf = (path: string): string => (path.split('/', 1)[0] ?? path).replace(/[#@].*$/, '');

/** For each node, the nodes that its outputs reach. */
function followersOf(edges: WorkflowDocument['edges']): (node: string) => ReadonlySet<string> {
  const next = new Map<string, string[]>();
  for (const { from, to } of edges) next.set(nodeOf(from), [...(next.get(nodeOf(from)) ?? []), nodeOf(to)]);
  return (node) => {
    const reached = new Set<string>();
    const open = [node];
    for (let at = open.pop(); at !== undefined; at = open.pop())
      for (const one of next.get(at) ?? [])
        if (!reached.has(one)) {
          reached.add(one);
          open.push(one);
        }
    return reached;
  };
}

/** Whether the node of `other` follows that of `path`. Nodes of a loop follow each other; then both count. */
function comesAfter(other: string, path: string, after: (node: string) => ReadonlySet<string>): boolean {
  const first = topOf(path);
  const second = topOf(other);
  return first !== second && after(first).has(second) && !after(second).has(first);
}

import type { DocumentNode, NodeRunSettings, WorkflowDocument } from '@heddle/core';

/** Changes one node; the same document where it is not there. */
export function changeNode(
  document: WorkflowDocument,
  id: string,
  change: (node: DocumentNode) => DocumentNode,
): WorkflowDocument {
  const node = document.nodes[id];
  return node === undefined ? document : { ...document, nodes: { ...document.nodes, [id]: change(node) } };
}

/** Gives a node another title; an empty one brings back its type's. */
export function rename(document: WorkflowDocument, id: string, title: string): WorkflowDocument {
  const trimmed = title.trim().slice(0, 200);
  return changeNode(document, id, ({ title: _before, ...node }) =>
    trimmed === '' ? node : { ...node, title: trimmed },
  );
}

/** Bypasses nodes, or takes them in again where all of them are bypassed. */
export function toggleDisabled(document: WorkflowDocument, ids: readonly string[]): WorkflowDocument {
  const areAllOff = ids.every((id) => document.nodes[id]?.run?.disabled === true);
  return ids.reduce((changed, id) => setRun(changed, id, ['disabled'], areAllOff ? undefined : true), document);
}

/** Sets one field of how a node runs; undefined takes it out, so that the default holds. Whoever sets one has it checked by its schema. */
export function setRun(
  document: WorkflowDocument,
  id: string,
  path: readonly string[],
  value: unknown,
): WorkflowDocument {
  return changeNode(document, id, ({ run: before, ...node }) => {
    const run = withRun(before, path, value);
    return run === undefined ? node : { ...node, run };
  });
}

/** How a node runs with one field changed; undefined where nothing but defaults is left. */
export function withRun(
  run: NodeRunSettings | undefined,
  path: readonly string[],
  value: unknown,
): NodeRunSettings | undefined {
  const changed = setIn(run ?? {}, path, value);
  const kept = Object.entries(changed).filter(([, inner]) => !isRecord(inner) || Object.keys(inner).length > 0);
  // Not parsed: defaults of the schema would fill fields that nobody has written.
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Sets one field of a node's config by its path; undefined takes it out, so that the default holds. */
export function setConfig(
  document: WorkflowDocument,
  id: string,
  path: readonly string[],
  value: unknown,
): WorkflowDocument {
  return changeNode(document, id, (node) => ({ ...node, config: setIn(node.config, path, value) }));
}

function setIn(
  record: Readonly<Record<string, unknown>>,
  path: readonly string[],
  value: unknown,
): Record<string, unknown> {
  const [key, ...rest] = path;
  if (key === undefined) return { ...record };
  const inner = record[key];
  const next = rest.length === 0 ? value : setIn(isRecord(inner) ? inner : {}, rest, value);
  const { [key]: _before, ...others } = record;
  // A key keeps its place among the others, so that a document changes no more than it must.
  if (next === undefined) return others;
  return Object.hasOwn(record, key) ? { ...record, [key]: next } : { ...others, [key]: next };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

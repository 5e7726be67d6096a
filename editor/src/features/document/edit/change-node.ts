import { isPlainObject, type DocumentNode, type NodeRunSettings, type WorkflowDocument } from '@heddle/core';

/** Changes one node; the same document where it does not exist. */
export function changeNode(
  document: WorkflowDocument,
  id: string,
  change: (node: DocumentNode) => DocumentNode,
): WorkflowDocument {
  const node = document.nodes[id];
  return node === undefined ? document : { ...document, nodes: { ...document.nodes, [id]: change(node) } };
}

/** Sets a node's title; an empty one restores the title of its type. */
export function rename(document: WorkflowDocument, id: string, title: string): WorkflowDocument {
  const trimmed = title.trim().slice(0, 200);
  return changeNode(document, id, ({ title: _before, ...node }) =>
    trimmed === '' ? node : { ...node, title: trimmed },
  );
}

/** Bypasses nodes, or enables them again where all are bypassed. */
export function toggleDisabled(document: WorkflowDocument, ids: readonly string[]): WorkflowDocument {
  const areAllOff = ids.every((id) => document.nodes[id]?.run?.disabled === true);
  return ids.reduce((changed, id) => setRun(changed, id, ['disabled'], areAllOff ? undefined : true), document);
}

/** Sets one field of a node's run settings; undefined removes it, so that the default applies. The caller checks it by its schema. */
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

/** The run settings with one field changed; undefined where only defaults are left. */
export function withRun(
  run: NodeRunSettings | undefined,
  path: readonly string[],
  value: unknown,
): NodeRunSettings | undefined {
  const changed = setIn(run ?? {}, path, value);
  const kept = Object.entries(changed).filter(([, inner]) => !isPlainObject(inner) || Object.keys(inner).length > 0);
  // Not parsed: the schema's defaults would fill fields that were not set.
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Sets one field of a node's config by its path; undefined removes it, so that the default applies. */
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
  const next = rest.length === 0 ? value : setIn(isPlainObject(inner) ? inner : {}, rest, value);
  const { [key]: _before, ...others } = record;
  // A key keeps its position, so that a document changes as little as possible.
  if (next === undefined) return others;
  return Object.hasOwn(record, key) ? { ...record, [key]: next } : { ...others, [key]: next };
}

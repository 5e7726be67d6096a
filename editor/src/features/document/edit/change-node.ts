import { isPlainObject, type DocumentNode, type NodeRunSettings, type WorkflowDocument } from '@heddle/core';

/** Changes one node. Returns the same document if the node does not exist. */
export function changeNode(
  document: WorkflowDocument,
  id: string,
  change: (node: DocumentNode) => DocumentNode,
): WorkflowDocument {
  const node = document.nodes[id];
  return node === undefined ? document : { ...document, nodes: { ...document.nodes, [id]: change(node) } };
}

/** Sets the title of a node; an empty title restores that of its type. */
export function rename(document: WorkflowDocument, id: string, title: string): WorkflowDocument {
  const trimmed = title.trim().slice(0, 200);
  return changeNode(document, id, ({ title: _before, ...node }) =>
    trimmed === '' ? node : { ...node, title: trimmed },
  );
}

/** Bypasses nodes, or enables them if all are already bypassed. */
export function toggleDisabled(document: WorkflowDocument, ids: readonly string[]): WorkflowDocument {
  const areAllOff = ids.every((id) => document.nodes[id]?.run?.disabled === true);
  return ids.reduce((changed, id) => setRun(changed, id, ['disabled'], areAllOff ? undefined : true), document);
}

/** Sets one field of a node's run settings. Undefined removes the field, so that its default applies. The caller validates the value. */
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

/** The run settings with one field changed; undefined if no field is set any more. */
export function withRun(
  run: NodeRunSettings | undefined,
  path: readonly string[],
  value: unknown,
): NodeRunSettings | undefined {
  const changed = setIn(run ?? {}, path, value);
  const kept = Object.entries(changed).filter(([, inner]) => !isPlainObject(inner) || Object.keys(inner).length > 0);
  // Does not parse the settings, because the schema would fill in defaults for fields that are not set.
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** Sets one field of a node's config by its path. Undefined removes the field, so that its default applies. */
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
  // A changed key keeps its position, so that the document changes as little as possible.
  if (next === undefined) return others;
  return Object.hasOwn(record, key) ? { ...record, [key]: next } : { ...others, [key]: next };
}

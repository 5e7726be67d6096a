import type { DocumentEdge, WorkflowDocument } from '../document/workflow-document.js';
import { isPlainObject } from '../values/json/json.js';
import { countValues } from '../values/size-within.js';
import { createPace, runThrough, type Pace, type Steps } from '../values/steps.js';
import { isSameValue, workOfBoth } from './diff-fields.js';
import { edgesById } from './edges-by-id.js';

/** A value that both sides changed differently. `path` is dotted from the document, such as `nodes.answer.config.model`. */
export interface MergeConflict {
  readonly path: string;
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
}

/** The merged document, and the conflicts with the value that was chosen for each. */
interface MergeResult {
  readonly document: WorkflowDocument;
  readonly conflicts: readonly MergeConflict[];
}

/** The side whose change is taken in a conflict. */
export type MergeSide = 'mine' | 'theirs';

type Fields = Readonly<Record<string, unknown>>;

/** Called for each conflict; returns the side to take. */
type Decide = (conflict: MergeConflict) => MergeSide;

/** The shared state of one merge. */
interface Merging {
  readonly decide: Decide;
  readonly isDue: Pace;
}

/**
 * Merges two drafts with the same base, by node and field. If one side deleted a node and the other changed it, it is a conflict.
 * Edges are a set. For the layout, `mine` wins without a conflict. `sideOf` chooses the side in a conflict; the default is `mine`.
 * Without a base, every value that differs is a conflict.
 *
 * @example const { document, conflicts } = mergeDocuments(base, mine, theirs);
 */
export const mergeDocuments = (...sides: Parameters<typeof mergeDocumentsSteps>): MergeResult =>
  runThrough(mergeDocumentsSteps(...sides));

/** `mergeDocuments` in steps. */
export function* mergeDocumentsSteps(
  base: WorkflowDocument | undefined,
  mine: WorkflowDocument,
  theirs: WorkflowDocument,
  sideOf: Decide = () => 'mine',
): Steps<MergeResult> {
  const conflicts: MergeConflict[] = [];
  const decide: Decide = (conflict) => {
    conflicts.push(conflict);
    return sideOf(conflict);
  };
  const merging = { decide, isDue: createPace(stretch) };
  const merged = yield* mergeGraph(asFields(base), { ...mine }, { ...theirs }, '', merging);
  return { document: merged as unknown as WorkflowDocument, conflicts }; // it has the fields of the three documents
}

/** Values to merge between two pauses. */
const stretch = 2_000;

const graphFields: ReadonlySet<string> = new Set(['nodes', 'edges', 'layout', 'workflows']);

function* mergeGraph(base: Fields, mine: Fields, theirs: Fields, path: string, merging: Merging): Steps<Fields> {
  const heads = [base, mine, theirs].map((graph) =>
    Object.fromEntries(Object.entries(graph).filter(([name]) => !graphFields.has(name))),
  );
  const nodes = yield* mergeMembers(
    asFields(base['nodes']),
    asFields(mine['nodes']),
    asFields(theirs['nodes']),
    join(path, 'nodes'),
    merging,
  );
  const known = new Set(Object.keys(nodes));
  const edges = yield* mergeEdges(
    asEdges(base['edges']),
    asEdges(mine['edges']),
    asEdges(theirs['edges']),
    join(path, 'edges'),
    merging,
  );
  const workflows = yield* mergeInner(base, mine, theirs, path, merging);
  const layout = yield* mergeLayout(
    asFields(base['layout']),
    asFields(mine['layout']),
    asFields(theirs['layout']),
    merging,
  );
  const head = yield* mergeMembers(heads[0] ?? {}, heads[1] ?? {}, heads[2] ?? {}, path, merging);
  return {
    ...head,
    nodes,
    // An edge is removed together with its node.
    edges: edges.filter(({ from, to }) => known.has(nodeOf(from)) && known.has(nodeOf(to))),
    ...(Object.keys(layout).length === 0 ? {} : { layout }),
    ...(Object.keys(workflows).length === 0 ? {} : { workflows }),
  };
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
const nodeOf = (end: string): string => end.split('.')[0] ?? '';
const asFields = (value: unknown): Fields => (isPlainObject(value) ? value : {});
const asEdges = (value: unknown): readonly DocumentEdge[] => (Array.isArray(value) ? (value as DocumentEdge[]) : []); // of a parsed document

/** For the layout, `mine` wins without a conflict. */
function* mergeLayout(base: Fields, mine: Fields, theirs: Fields, { isDue }: Merging): Steps<Fields> {
  const merging: Merging = { decide: () => 'mine', isDue };
  const a = asFields(base['nodes']);
  const b = asFields(mine['nodes']);
  const c = asFields(theirs['nodes']);
  const nodes = yield* mergeMembers(a, b, c, '', merging);
  const rest = [base, mine, theirs].map(({ nodes: _nodes, ...others }) => others);
  const merged = yield* mergeMembers(rest[0] ?? {}, rest[1] ?? {}, rest[2] ?? {}, '', merging);
  return mine['nodes'] === undefined && theirs['nodes'] === undefined ? merged : { nodes, ...merged };
}

function* mergeInner(base: Fields, mine: Fields, theirs: Fields, path: string, merging: Merging): Steps<Fields> {
  const a = asFields(base['workflows']);
  const b = asFields(mine['workflows']);
  const c = asFields(theirs['workflows']);
  const merged: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(a), ...Object.keys(b), ...Object.keys(c)])) {
    const position = join(path, `workflows.${name}`);
    const sides = [own(a, name), own(b, name), own(c, name)] as const;
    const value = sides.every(isPlainObject)
      ? yield* mergeGraph(asFields(sides[0]), asFields(sides[1]), asFields(sides[2]), position, merging)
      : yield* mergeValue(...sides, position, merging);
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

function* mergeMembers(base: Fields, mine: Fields, theirs: Fields, path: string, merging: Merging): Steps<Fields> {
  const merged: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(mine), ...Object.keys(theirs), ...Object.keys(base)])) {
    const value = yield* mergeValue(own(base, name), own(mine, name), own(theirs, name), join(path, name), merging);
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

const own = (fields: Fields, name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined);

function* mergeValue(base: unknown, mine: unknown, theirs: unknown, path: string, merging: Merging): Steps<unknown> {
  // Objects are merged by field. Comparing them as a whole first would repeat the work at every level.
  if (isPlainObject(mine) && isPlainObject(theirs)) {
    if (merging.isDue(1)) yield;
    return yield* mergeMembers(asFields(base), mine, theirs, path, merging);
  }
  if (merging.isDue(workOfBoth(mine, theirs) + countValues(base))) yield;
  if (isSameValue(mine, theirs) || isSameValue(base, theirs)) return mine;
  if (isSameValue(base, mine)) return theirs;
  return merging.decide({ path, base, mine, theirs }) === 'mine' ? mine : theirs;
}

function* mergeEdges(
  base: readonly DocumentEdge[],
  mine: readonly DocumentEdge[],
  theirs: readonly DocumentEdge[],
  path: string,
  merging: Merging,
): Steps<readonly DocumentEdge[]> {
  const a = yield* edgesById(base);
  const b = yield* edgesById(mine);
  const c = yield* edgesById(theirs);
  const merged: DocumentEdge[] = [];
  for (const id of new Set([...b.keys(), ...c.keys()])) {
    const value = yield* mergeValue(a.get(id), b.get(id), c.get(id), join(path, id), merging);
    if (value !== undefined) merged.push(value as DocumentEdge); // one of the three, or a merge of their fields
  }
  return merged;
}

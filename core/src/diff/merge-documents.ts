import type { DocumentEdge, WorkflowDocument } from '../document/workflow-document.js';
import { isPlainObject } from '../values/json.js';
import { runThrough, type Steps } from '../values/steps.js';
import { isSameValue } from './diff-fields.js';
import { edgesById } from './edges-by-id.js';

/** A place that both sides changed in different ways. `path` is dotted from the document, such as `nodes.answer.config.model`. */
export interface MergeConflict {
  readonly path: string;
  readonly base: unknown;
  readonly mine: unknown;
  readonly theirs: unknown;
}

/** Two drafts brought together: where both changed the same place, the document holds what was chosen, and the conflict is listed. */
export interface MergeResult {
  readonly document: WorkflowDocument;
  readonly conflicts: readonly MergeConflict[];
}

/** Whose change is taken where both changed the same place. */
export type MergeSide = 'mine' | 'theirs';

type Fields = Readonly<Record<string, unknown>>;

/** Hears of each conflict, and says whose change stands. */
type Decide = (conflict: MergeConflict) => MergeSide;

/**
 * Merges two drafts that began from the same document, by node and field. A node that one side deleted and the other changed is a
 * conflict; edges are a set; of the layout the later word (mine) counts without a conflict. `sideOf` says whose change stands in a
 * conflict: mine, unless somebody chose. Without a draft that both began from, a place is a conflict where both have another value.
 *
 * @example const { document, conflicts } = mergeDocuments(base, mine, theirs);
 */
export const mergeDocuments = (...sides: Parameters<typeof mergeDocumentsSteps>): MergeResult =>
  runThrough(mergeDocumentsSteps(...sides));

/** The same in pieces. */
export function* mergeDocumentsSteps(
  base: WorkflowDocument | undefined,
  mine: WorkflowDocument,
  theirs: WorkflowDocument,
  sideOf: Decide = () => 'mine',
): Steps<MergeResult> {
  const conflicts: MergeConflict[] = [];
  const merged = yield* mergeGraph(asFields(base), { ...mine }, { ...theirs }, '', (conflict) => {
    conflicts.push(conflict);
    return sideOf(conflict);
  });
  return { document: merged as unknown as WorkflowDocument, conflicts }; // it has the fields of its three sides
}

/** Members that are merged without a pause. */
const stretch = 200;

const graphFields: ReadonlySet<string> = new Set(['nodes', 'edges', 'layout', 'workflows']);

function* mergeGraph(base: Fields, mine: Fields, theirs: Fields, path: string, decide: Decide): Steps<Fields> {
  const heads = [base, mine, theirs].map((graph) =>
    Object.fromEntries(Object.entries(graph).filter(([name]) => !graphFields.has(name))),
  );
  const nodes = yield* mergeMembers(
    asFields(base['nodes']),
    asFields(mine['nodes']),
    asFields(theirs['nodes']),
    join(path, 'nodes'),
    decide,
  );
  const known = new Set(Object.keys(nodes));
  const edges = yield* mergeEdges(
    asEdges(base['edges']),
    asEdges(mine['edges']),
    asEdges(theirs['edges']),
    join(path, 'edges'),
    decide,
  );
  const workflows = yield* mergeInner(base, mine, theirs, path, decide);
  const layout = yield* mergeLayout(asFields(base['layout']), asFields(mine['layout']), asFields(theirs['layout']));
  return {
    ...mergeFields(heads[0] ?? {}, heads[1] ?? {}, heads[2] ?? {}, path, decide),
    nodes,
    // An edge whose node went with the other side goes too.
    edges: edges.filter(({ from, to }) => known.has(nodeOf(from)) && known.has(nodeOf(to))),
    ...(Object.keys(layout).length === 0 ? {} : { layout }),
    ...(Object.keys(workflows).length === 0 ? {} : { workflows }),
  };
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
const nodeOf = (end: string): string => end.split('.')[0] ?? '';
const asFields = (value: unknown): Fields => (isPlainObject(value) ? value : {});
const asEdges = (value: unknown): readonly DocumentEdge[] => (Array.isArray(value) ? (value as DocumentEdge[]) : []); // of a parsed document

/** Of the layout the later word counts, without a conflict. */
function* mergeLayout(base: Fields, mine: Fields, theirs: Fields): Steps<Fields> {
  const isMine = (): MergeSide => 'mine';
  const [a, b, c] = [asFields(base['nodes']), asFields(mine['nodes']), asFields(theirs['nodes'])];
  const nodes = yield* mergeMembers(a, b, c, '', isMine);
  const rest = [base, mine, theirs].map(({ nodes: _nodes, ...others }) => others);
  const merged = mergeFields(rest[0] ?? {}, rest[1] ?? {}, rest[2] ?? {}, '', isMine);
  return mine['nodes'] === undefined && theirs['nodes'] === undefined ? merged : { nodes, ...merged };
}

function* mergeInner(base: Fields, mine: Fields, theirs: Fields, path: string, decide: Decide): Steps<Fields> {
  const [a, b, c] = [asFields(base['workflows']), asFields(mine['workflows']), asFields(theirs['workflows'])];
  const merged: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(a), ...Object.keys(b), ...Object.keys(c)])) {
    const place = join(path, `workflows.${name}`);
    const sides = [own(a, name), own(b, name), own(c, name)] as const;
    const value = sides.every(isPlainObject)
      ? yield* mergeGraph(asFields(sides[0]), asFields(sides[1]), asFields(sides[2]), place, decide)
      : mergeValue(...sides, place, decide);
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

const mergeFields = (base: Fields, mine: Fields, theirs: Fields, path: string, decide: Decide): Fields =>
  runThrough(mergeMembers(base, mine, theirs, path, decide));

function* mergeMembers(base: Fields, mine: Fields, theirs: Fields, path: string, decide: Decide): Steps<Fields> {
  const merged: Record<string, unknown> = {};
  let count = 0;
  for (const name of new Set([...Object.keys(mine), ...Object.keys(theirs), ...Object.keys(base)])) {
    count += 1;
    if (count % stretch === 0) yield;
    const value = mergeValue(own(base, name), own(mine, name), own(theirs, name), join(path, name), decide);
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

const own = (fields: Fields, name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined);

function mergeValue(base: unknown, mine: unknown, theirs: unknown, path: string, decide: Decide): unknown {
  // Member by member: to compare them as wholes before would be done again at every level.
  if (isPlainObject(mine) && isPlainObject(theirs)) return mergeFields(asFields(base), mine, theirs, path, decide);
  if (isSameValue(mine, theirs) || isSameValue(base, theirs)) return mine;
  if (isSameValue(base, mine)) return theirs;
  return decide({ path, base, mine, theirs }) === 'mine' ? mine : theirs;
}

function* mergeEdges(
  base: readonly DocumentEdge[],
  mine: readonly DocumentEdge[],
  theirs: readonly DocumentEdge[],
  path: string,
  decide: Decide,
): Steps<readonly DocumentEdge[]> {
  const [a, b, c] = [yield* edgesById(base), yield* edgesById(mine), yield* edgesById(theirs)];
  const merged: DocumentEdge[] = [];
  let count = 0;
  for (const id of new Set([...b.keys(), ...c.keys()])) {
    count += 1;
    if (count % stretch === 0) yield;
    const value = mergeValue(a.get(id), b.get(id), c.get(id), join(path, id), decide);
    if (value !== undefined) merged.push(value as DocumentEdge); // one of the three, or a merge of their fields
  }
  return merged;
}

import { edgeId, type DocumentEdge, type WorkflowDocument } from '../document/workflow-document.js';
import { isPlainObject } from '../values/json.js';
import { isSameValue } from './diff-fields.js';

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
export function mergeDocuments(
  base: WorkflowDocument | undefined,
  mine: WorkflowDocument,
  theirs: WorkflowDocument,
  sideOf: Decide = () => 'mine',
): MergeResult {
  const conflicts: MergeConflict[] = [];
  const merged = mergeGraph(asFields(base), { ...mine }, { ...theirs }, '', (conflict) => {
    conflicts.push(conflict);
    return sideOf(conflict);
  });
  return { document: merged as unknown as WorkflowDocument, conflicts }; // it has the fields of its three sides
}

const graphFields: ReadonlySet<string> = new Set(['nodes', 'edges', 'layout', 'workflows']);

function mergeGraph(base: Fields, mine: Fields, theirs: Fields, path: string, decide: Decide): Fields {
  const heads = [base, mine, theirs].map((graph) =>
    Object.fromEntries(Object.entries(graph).filter(([name]) => !graphFields.has(name))),
  );
  const nodes = mergeFields(
    asFields(base['nodes']),
    asFields(mine['nodes']),
    asFields(theirs['nodes']),
    join(path, 'nodes'),
    decide,
  );
  const known = new Set(Object.keys(nodes));
  const edges = mergeEdges(
    asEdges(base['edges']),
    asEdges(mine['edges']),
    asEdges(theirs['edges']),
    join(path, 'edges'),
    decide,
  );
  const workflows = mergeInner(base, mine, theirs, path, decide);
  const layout = mergeFields(
    asFields(base['layout']),
    asFields(mine['layout']),
    asFields(theirs['layout']),
    join(path, 'layout'),
    () => 'mine',
  );
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

function mergeInner(base: Fields, mine: Fields, theirs: Fields, path: string, decide: Decide): Fields {
  const [a, b, c] = [asFields(base['workflows']), asFields(mine['workflows']), asFields(theirs['workflows'])];
  const merged: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(a), ...Object.keys(b), ...Object.keys(c)])) {
    const place = join(path, `workflows.${name}`);
    const sides = [own(a, name), own(b, name), own(c, name)] as const;
    const value = sides.every(isPlainObject)
      ? mergeGraph(asFields(sides[0]), asFields(sides[1]), asFields(sides[2]), place, decide)
      : mergeValue(...sides, place, decide);
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

function mergeFields(base: Fields, mine: Fields, theirs: Fields, path: string, decide: Decide): Fields {
  const merged: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(mine), ...Object.keys(theirs), ...Object.keys(base)])) {
    const value = mergeValue(own(base, name), own(mine, name), own(theirs, name), join(path, name), decide);
    if (value !== undefined) merged[name] = value;
  }
  return merged;
}

const own = (fields: Fields, name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined);

function mergeValue(base: unknown, mine: unknown, theirs: unknown, path: string, decide: Decide): unknown {
  if (isSameValue(mine, theirs) || isSameValue(base, theirs)) return mine;
  if (isSameValue(base, mine)) return theirs;
  if (isPlainObject(mine) && isPlainObject(theirs)) return mergeFields(asFields(base), mine, theirs, path, decide);
  return decide({ path, base, mine, theirs }) === 'mine' ? mine : theirs;
}

function mergeEdges(
  base: readonly DocumentEdge[],
  mine: readonly DocumentEdge[],
  theirs: readonly DocumentEdge[],
  path: string,
  decide: Decide,
): readonly DocumentEdge[] {
  const [a, b, c] = [byId(base), byId(mine), byId(theirs)];
  const merged: DocumentEdge[] = [];
  for (const id of new Set([...b.keys(), ...c.keys()])) {
    const value = mergeValue(a.get(id), b.get(id), c.get(id), join(path, id), decide);
    if (value !== undefined) merged.push(value as DocumentEdge); // one of the three, or a merge of their fields
  }
  return merged;
}

const byId = (edges: readonly DocumentEdge[]): ReadonlyMap<string, DocumentEdge> =>
  new Map(edges.map((edge) => [edgeId(edge), edge]));

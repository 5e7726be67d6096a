import { edgeId, isSameValue, type WorkflowDocument } from '@heddle/core';

/** Which of two versions. */
export type Side = 'mine' | 'theirs';

/** A field that differs; undefined where a version does not have it. */
export interface FieldDifference {
  readonly field: string;
  readonly mine: unknown;
  readonly theirs: unknown;
}

/** One thing that differs between two versions of a workflow: a node, an edge, or a part of the head. */
export interface Difference {
  readonly key: string;
  readonly kind: 'node' | 'edge' | 'head';
  readonly title: string;
  readonly inMine: boolean;
  readonly inTheirs: boolean;
  readonly fields: readonly FieldDifference[];
  /** The side that changed it since both were one; mine where both did. */
  readonly suggestion: Side;
  /** Both sides changed it. */
  readonly isClash: boolean;
}

/** The parts of a document that are chosen one by one, by key. */
type Parts = ReadonlyMap<string, unknown>;

const head = ['name', 'description', 'workflows', 'layout'] as const;
const headTitles: Readonly<Record<(typeof head)[number], string>> = {
  name: 'Name',
  description: 'Description',
  workflows: 'Inner workflows',
  layout: 'Places, notes and groups',
};

/** What differs between two versions, with what to take of each; `base` is the last version that both had. */
export function compareDocuments(
  mine: WorkflowDocument,
  theirs: WorkflowDocument,
  base: WorkflowDocument | undefined,
): readonly Difference[] {
  const [ours, others, before] = [partsOf(mine), partsOf(theirs), base === undefined ? undefined : partsOf(base)];
  const keys = [...new Set([...ours.keys(), ...others.keys()])];
  return keys.flatMap((key) => {
    const [left, right] = [ours.get(key), others.get(key)];
    if (isSameValue(left, right)) return [];
    const didTheyChange = before === undefined || !isSameValue(right, before.get(key));
    const didIChange = before === undefined || !isSameValue(left, before.get(key));
    return [
      {
        key,
        kind: kindOf(key),
        title: titleOf(key, mine, theirs),
        inMine: left !== undefined,
        inTheirs: right !== undefined,
        fields: fieldsOf(left, right),
        suggestion: didIChange ? 'mine' : 'theirs',
        isClash: didIChange && didTheyChange,
      } satisfies Difference,
    ];
  });
}

/** Each part of a document under the key of its difference. */
function partsOf(document: WorkflowDocument): Parts {
  return new Map<string, unknown>([
    ...head.flatMap((name) => (document[name] === undefined ? [] : [[`head:${name}`, document[name]] as const])),
    ...Object.entries(document.nodes).map(([id, node]) => [`node:${id}`, node] as const),
    ...document.edges.map((edge) => [`edge:${edgeId(edge)}`, edge] as const),
  ]);
}

function kindOf(key: string): Difference['kind'] {
  return key.startsWith('node:') ? 'node' : key.startsWith('edge:') ? 'edge' : 'head';
}

function titleOf(key: string, mine: WorkflowDocument, theirs: WorkflowDocument): string {
  const id = key.slice(key.indexOf(':') + 1);
  if (key.startsWith('edge:')) return id.replace('->', ' → ');
  if (key.startsWith('node:')) return mine.nodes[id]?.title ?? theirs.nodes[id]?.title ?? id;
  return head.flatMap((name) => (name === id ? [headTitles[name]] : []))[0] ?? id;
}

/** The fields of two records that differ, those of `config` one by one; a value that is no record is one field. */
function fieldsOf(mine: unknown, theirs: unknown): readonly FieldDifference[] {
  if (!isRecord(mine) || !isRecord(theirs)) return [{ field: '', mine, theirs }];
  return namesOf(mine, theirs).flatMap((name) => {
    const [left, right] = [mine[name], theirs[name]];
    if (isSameValue(left, right)) return [];
    if (name === 'config' && isRecord(left) && isRecord(right)) {
      return namesOf(left, right).flatMap((field) =>
        isSameValue(left[field], right[field]) ? [] : [{ field, mine: left[field], theirs: right[field] }],
      );
    }
    return [{ field: name, mine: left, theirs: right }];
  });
}

const namesOf = (
  left: Readonly<Record<string, unknown>>,
  right: Readonly<Record<string, unknown>>,
): readonly string[] => [...new Set([...Object.keys(left), ...Object.keys(right)])];

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

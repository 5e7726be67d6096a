import type { LabelledValue, NodeReport, RunReply, WorkflowDocument } from '@heddle/core';
import type { CatalogState } from '../document/index.js';
import { executionTitle, titlesWithin } from '../run/index.js';

/** The values that two runs have under the same name. */
export interface ComparedValue {
  readonly name: string;
  readonly left: LabelledValue | undefined;
  readonly right: LabelledValue | undefined;
  readonly isSame: boolean;
}

/** The executions that two runs have at the same path. */
export interface ComparedNode {
  readonly path: string;
  readonly left: NodeReport | undefined;
  readonly right: NodeReport | undefined;
  readonly values: readonly ComparedValue[];
  /** Whether status and values are equal. Times are not compared. */
  readonly isSame: boolean;
}

/** Pairs the values of two runs by name. The left run decides the order. */
export function compareValues(
  left: Readonly<Record<string, LabelledValue>>,
  right: Readonly<Record<string, LabelledValue>>,
): readonly ComparedValue[] {
  const names = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return names.map((name) => ({
    name,
    left: left[name],
    right: right[name],
    isSame: isSameValue(left[name], right[name]),
  }));
}

/** Pairs the executions of two runs by path. Those of the left run come first, then those that only the right run has. */
export function compareNodes(left: RunReply['nodes'], right: RunReply['nodes']): readonly ComparedNode[] {
  const paths = [...new Set([...Object.keys(left), ...Object.keys(right)])];
  return paths.map((path) => {
    const a = left[path];
    const b = right[path];
    const values = compareValues(a?.outputs ?? {}, b?.outputs ?? {});
    return {
      path,
      left: a,
      right: b,
      values,
      isSame: outcomeOf(a) === outcomeOf(b) && values.every(({ isSame }) => isSame),
    };
  });
}

/**
 * Returns a function for the title of an execution in either run. It uses the left workflow if that has the node, otherwise the right one.
 */
export function titlesIn(
  left: WorkflowDocument,
  right: WorkflowDocument,
  byType: CatalogState['byType'],
): (path: string) => string {
  const ofLeft = titlesWithin(left, byType);
  const ofRight = titlesWithin(right, byType);
  return (path) =>
    executionTitle(path, '', (id, around) =>
      left.nodes[around[0] ?? id] === undefined ? ofRight(id, around) : ofLeft(id, around),
    );
}

/** The status of a node for the comparison. A reused result counts like a computed one. */
function outcomeOf(node: NodeReport | undefined): string {
  return node === undefined ? 'none' : node.status === 'cached' ? 'done' : node.status;
}

/** Whether two values are equal. Of truncated values, only the sizes and previews are compared. */
function isSameValue(left: LabelledValue | undefined, right: LabelledValue | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return stable(left.value) === stable(right.value) && left.preview === right.preview && left.size === right.size;
}

/** JSON with sorted keys, so that the order of keys does not matter. */
function stable(value: unknown): string {
  return (
    JSON.stringify(value, (_key, entry: unknown) =>
      typeof entry === 'object' && entry !== null && !Array.isArray(entry)
        ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
        : entry,
    ) ?? ''
  );
}

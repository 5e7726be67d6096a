import type { WorkflowDocument } from '../../document/workflow-document.js';
import { HeddleError } from '../../errors/heddle-error.js';
import { isPlainObject } from '../../values/json/json.js';
import { mostVariants, type ExperimentVariantRequest } from './experiment.js';

/** One combination of the values of a grid. */
export interface ExpandedVariant {
  readonly request: ExperimentVariantRequest;
  readonly settings: Readonly<Record<string, unknown>>;
  /** The name without the workflow, such as `model=qwen, temperature=0.2`; empty without changes. */
  readonly changes: string;
}

/**
 * Expands requests to variants: a grid gives one variant for each combination of its values. Errors: `experiment_invalid` for more than 50.
 *
 * @example expandVariants([{ workflow: 'faq', version: 'draft', set: {}, grid: { 'answer.model': ['a', 'b'] } }]).length // 2
 */
export function expandVariants(requests: readonly ExperimentVariantRequest[]): readonly ExpandedVariant[] {
  const count = requests.reduce((sum, { grid }) => sum + sizeOf(grid), 0);
  if (count > mostVariants)
    throw new HeddleError(
      'experiment_invalid',
      `The grids give ${count} variants; an experiment has at most ${mostVariants}: give fewer values.`,
      { details: { variants: count } },
    );
  return requests.flatMap((request) =>
    combinations(Object.entries(request.grid)).map((chosen) => {
      const settings = { ...request.set, ...chosen };
      return { request, settings, changes: changesOf(settings) };
    }),
  );
}

const sizeOf = (grid: ExperimentVariantRequest['grid']): number =>
  Object.values(grid).reduce((product, values) => product * values.length, 1);

function combinations(axes: readonly (readonly [string, readonly unknown[]])[]): readonly Record<string, unknown>[] {
  return axes.reduce<readonly Record<string, unknown>[]>(
    (found, [path, values]) => found.flatMap((chosen) => values.map((value) => ({ ...chosen, [path]: value }))),
    [{}],
  );
}

const mostShown = 40;

/** Settings in readable form: only the last part of a path, if that is unique. */
function changesOf(settings: Readonly<Record<string, unknown>>): string {
  const paths = Object.keys(settings);
  const last = (path: string): string => path.slice(path.lastIndexOf('.') + 1);
  return paths
    .map((path) => {
      const isUnique = paths.filter((other) => last(other) === last(path)).length === 1;
      const value = settings[path];
      const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
      const line = text.replaceAll(/\s+/g, ' ');
      const shown = line.length > mostShown ? `${line.slice(0, mostShown - 1)}…` : line;
      return `${isUnique ? last(path) : path}=${shown}`;
    })
    .join(', ');
}

/**
 * Returns a document with changed settings of its nodes. Errors: `experiment_invalid` if a node does not exist or a path leads through a
 * value that is not an object.
 */
export function withSettings(
  document: WorkflowDocument,
  settings: Readonly<Record<string, unknown>>,
): WorkflowDocument {
  const nodes = { ...document.nodes };
  for (const [path, value] of Object.entries(settings)) {
    const [id = '', ...fields] = path.split('.');
    const node = Object.hasOwn(nodes, id) ? nodes[id] : undefined;
    if (node === undefined) {
      const known = Object.keys(nodes).slice(0, 20).join(', ');
      throw invalid(path, `The workflow '${document.name}' has no node '${id}': it has ${known}.`);
    }
    nodes[id] = { ...node, config: changed(node.config, fields, { path, value }) };
  }
  return { ...document, nodes };
}

const forbidden: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

function changed(
  target: Readonly<Record<string, unknown>>,
  [field = '', ...others]: readonly string[],
  change: { readonly path: string; readonly value: unknown },
): Record<string, unknown> {
  if (forbidden.has(field)) throw invalid(change.path, `A setting cannot be called '${field}'.`);
  if (others.length === 0) return { ...target, [field]: change.value };
  const inner = Object.hasOwn(target, field) ? target[field] : {};
  if (Array.isArray(inner)) {
    const items: readonly unknown[] = inner;
    return { ...target, [field]: changedItem(items, others, change) };
  }
  if (!isPlainObject(inner)) throw invalid(change.path, `'${field}' in ${change.path} holds no settings of its own.`);
  return { ...target, [field]: changed(inner, others, change) };
}

function changedItem(
  items: readonly unknown[],
  [index = '', ...others]: readonly string[],
  change: { readonly path: string; readonly value: unknown },
): unknown[] {
  const at = Number(index);
  if (!Number.isSafeInteger(at) || at < 0 || at >= items.length)
    throw invalid(change.path, `'${index}' in ${change.path} is not an item of a list with ${items.length} items.`);
  if (others.length === 0) return items.with(at, change.value);
  const item = items[at];
  if (!isPlainObject(item)) throw invalid(change.path, `Item ${index} in ${change.path} holds no settings of its own.`);
  return items.with(at, changed(item, others, change));
}

const invalid = (setting: string, message: string): HeddleError =>
  new HeddleError('experiment_invalid', message, { details: { setting } });

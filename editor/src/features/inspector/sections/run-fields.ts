import { jsonSchemaOf, NodeRunSettings, type NodeDescription } from '@heddle/core';
import { durationText } from '../../../ui/format/duration-field.js';
import { schemaFields, type SchemaField } from '../../../ui/schema-form/schema-field.js';

/** The run settings of a node in display order. */
const paths = ['retry.attempts', 'retry.backoffMs', 'wallMs', 'idleMs', 'join', 'atMostOnce', 'disabled'] as const;
type RunPath = (typeof paths)[number];

/** A run setting: its path in `run` and its field in the form. */
export interface RunField {
  readonly path: RunPath;
  readonly field: SchemaField;
}

const all: readonly RunField[] = fieldsOfSchema();

function fieldsOfSchema(): readonly RunField[] {
  const flat = schemaFields(jsonSchemaOf(NodeRunSettings)).flatMap((field): [string, SchemaField][] =>
    field.kind === 'record'
      ? field.fields.map((inner) => [`${field.name}.${inner.name}`, inner])
      : [[field.name, field]],
  );
  const byPath = new Map(flat);
  return paths.flatMap((path) => {
    const field = byPath.get(path);
    return field === undefined ? [] : [{ path, field }];
  });
}

/** The stored value of a run setting; undefined if it is not set. */
export function valueAt(run: NodeRunSettings | undefined, path: RunPath): unknown {
  switch (path) {
    case 'retry.attempts':
      return run?.retry?.attempts;
    case 'retry.backoffMs':
      return run?.retry?.backoffMs;
    default:
      return run?.[path];
  }
}

/**
 * The run settings that apply to a node. Includes every stored setting, so that it can be removed. `incoming` is the number of the node's
 * edges without loop edges.
 */
export function runFieldsOf(
  run: NodeRunSettings | undefined,
  description: NodeDescription | undefined,
  incoming: number,
): readonly RunField[] {
  const works =
    description !== undefined && (description.effects.some((effect) => effect !== 'human') || nests(description));
  const isOnce = run?.atMostOnce === true;
  const saysSomething: Readonly<Record<RunPath, boolean>> = {
    'retry.attempts': works && !isOnce,
    'retry.backoffMs': (run?.retry?.attempts ?? 1) > 1 && !isOnce,
    wallMs: works,
    idleMs: works,
    join: description !== undefined && incoming > 1,
    atMostOnce: works,
    disabled: description?.role === 'step',
  };
  return all.filter(
    ({ path }) => saysSomething[path] || (path !== 'retry.backoffMs' && valueAt(run, path) !== undefined),
  );
}

const nesting = new WeakMap<NodeDescription, boolean>();

/** Whether nodes of this type may have nested runs, whose time does not count for the node's timeouts. */
export function nests(description: NodeDescription): boolean {
  const known = nesting.get(description) ?? schemaFields(description.config).some(namesWorkflow);
  nesting.set(description, known);
  return known;
}

function namesWorkflow(field: SchemaField): boolean {
  if (field.widget === 'workflow') return true;
  if (field.kind === 'record') return field.fields.some(namesWorkflow);
  return field.kind === 'list' && namesWorkflow(field.item);
}

/** The message for an invalid value, in the unit of the field. */
export function problemOf({ field }: RunField): string {
  if (field.kind !== 'number') return 'This value is not allowed.';
  const text = (value: number): string => (field.widget === 'duration' ? durationText(value) : String(value));
  const { least = 0, most } = field;
  // A schema without a maximum of its own reports the largest safe integer.
  if (most === undefined || most === Number.MAX_SAFE_INTEGER)
    return `Enter more than ${text(least)}. Empty means no limit.`;
  return `Enter ${field.isWhole && field.widget === undefined ? 'a whole number ' : 'a value '}from ${text(least)} to ${text(most)}.`;
}

import { jsonSchemaOf, NodeRunSettings, type NodeDescription } from '@heddle/core';
import { durationText } from '../format/duration-field.js';
import { schemaFields, type SchemaField } from './schema-field.js';

/** The settings of how a node runs, in the order in which people look for them. */
const paths = ['retry.attempts', 'retry.backoffMs', 'wallMs', 'idleMs', 'join', 'atMostOnce', 'disabled'] as const;
export type RunPath = (typeof paths)[number];

/** One of them: where it stands in `run`, and what draws it. */
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

/** What a setting is, where it is set. */
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
 * The settings that say something for a node; one that is set is always among them, so that it can be taken away.
 * `incoming` are its threads without those that close a loop.
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

/** Whether a node of this type may run workflows inside it: its clocks rest meanwhile. */
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

/** What is wrong with a value that the schema refuses, in the field's own unit. */
export function problemOf({ field }: RunField): string {
  if (field.kind !== 'number') return 'This cannot be set.';
  const words = (value: number): string => (field.widget === 'duration' ? durationText(value) : String(value));
  const { least = 0, most } = field;
  // A schema without a bound of its own names the largest whole number.
  if (most === undefined || most === Number.MAX_SAFE_INTEGER)
    return `It must be longer than ${words(least)}. Empty means no limit.`;
  return `It must be ${field.isWhole && field.widget === undefined ? 'a whole number ' : ''}from ${words(least)} to ${words(most)}.`;
}

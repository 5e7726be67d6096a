import type { DocumentNode, NodeDescription } from '@heddle/core';

/** The most important setting of a node, with its title. */
interface Headline {
  readonly title: string;
  readonly value: string;
  /** Whether the value names a model. */
  readonly isModel: true | undefined;
}

/** The setting that a node's card shows; undefined if the type names none or the setting is empty. */
export function headlineOf(node: DocumentNode, description: NodeDescription | undefined): Headline | undefined {
  const named = description?.headline;
  if (description === undefined || named === undefined) return undefined;
  const field = policyField(node, description) ?? named;
  const value = valueAt(node.config, field) ?? valueAt(description.defaults, field);
  const text = labelOf(description, field, value) ?? textOf(value);
  return text === ''
    ? undefined
    : {
        title: titleOf(description, field),
        value: text,
        isModel: schemaAt(description, field)?.['widget'] === 'model' || undefined,
      };
}

/** The setting that names a stored policy, if it is set: the policy then decides instead of the node's own settings. */
function policyField({ config }: DocumentNode, { config: schema }: NodeDescription): string | undefined {
  const properties = isRecord(schema) && isRecord(schema['properties']) ? schema['properties'] : {};
  return Object.entries(properties).find(
    ([field, inner]) => isRecord(inner) && inner['widget'] === 'policy' && textOf(valueAt(config, field)) !== '',
  )?.[0];
}

function valueAt(root: unknown, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>((value, key) => (isKeyed(value) && Object.hasOwn(value, key) ? value[key] : undefined), root);
}

function schemaAt(description: NodeDescription, field: string): Readonly<Record<string, unknown>> | undefined {
  const schema = field.split('.').reduce<unknown>((at, key) => innerSchema(at, key), description.config);
  return isRecord(schema) ? schema : undefined;
}

/** The label of an option, as the form shows it. */
function labelOf(description: NodeDescription, field: string, value: unknown): string | undefined {
  const labels = schemaAt(description, field)?.['labels'];
  if (!isRecord(labels) || typeof value !== 'string' || !Object.hasOwn(labels, value)) return undefined;
  return typeof labels[value] === 'string' ? labels[value] : undefined;
}

function titleOf(description: NodeDescription, field: string): string {
  const keys = field.split('.');
  const title = schemaAt(description, field)?.['title'];
  if (typeof title === 'string') return title;
  // An item of a list has no title of its own, so it takes that of the list.
  const last = keys.at(-1) ?? field;
  return keys.length > 1 && /^\d+$/.test(last) ? titleOf(description, keys.slice(0, -1).join('.')) : last;
}

/** The schema of a property, or of the items of a list. */
function innerSchema(schema: unknown, key: string): unknown {
  if (!isRecord(schema)) return undefined;
  if (/^\d+$/.test(key)) return schema['items'];
  return isRecord(schema['properties']) ? schema['properties'][key] : undefined;
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value.replace(/\s+/g, ' ').trim().slice(0, 120);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (!Array.isArray(value)) return '';
  return value
    .map((entry: unknown) => (isRecord(entry) ? textOf(entry['name'] ?? entry['id'] ?? entry['title']) : textOf(entry)))
    .filter((word) => word !== '')
    .join(', ');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A record or a list. */
function isKeyed(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

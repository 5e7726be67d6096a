import type { FormField } from './read-fields.js';
import { valueProblem } from './value-problem.js';

type Schema = Readonly<Record<string, unknown>>;

/** The form field of a value with a JSON Schema. An empty name means that the whole form is one plain value. */
export interface JsonSchemaField extends FormField {
  readonly choices: readonly string[];
  /** A secret value, which is stored nowhere. */
  readonly isSecret: boolean;
}

/** Derives the form field of a JSON Schema. */
export function jsonSchemaField(name: string, schema: Schema, isRequired: boolean): JsonSchemaField {
  const choices = Array.isArray(schema['enum']) ? schema['enum'].filter((entry) => typeof entry === 'string') : [];
  const kind = choices.length > 0 ? 'choice' : kindOf(schema);
  return {
    name,
    title: textOf(schema['title']) ?? (name === '' ? 'Answer' : name),
    help: textOf(schema['description']),
    kind,
    choices,
    isRequired,
    // A single value of any type may also be left out.
    mayBeEmpty: !isRequired || (name === '' && kind === 'json'),
    initial: initialText(schema['default']) ?? (kind === 'boolean' && isRequired ? 'false' : ''),
    isSecret: isSecret(schema),
    check: (value) => valueProblem(schema, value),
  };
}

function kindOf(schema: Schema): FormField['kind'] {
  switch (schema['type']) {
    case 'string':
      return isLong(schema) ? 'long-text' : 'text';
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return 'json';
  }
}

function initialText(value: unknown): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}

/** Whether a schema, or a part of it, contains a secret: `format: password`, `writeOnly`, or the secret widget. */
function isSecret(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(isSecret);
  if (!isSchema(schema)) return false;
  if (schema['format'] === 'password' || schema['writeOnly'] === true || schema['widget'] === 'secret') return true;
  return Object.values(schema).some(isSecret);
}

function isLong(schema: Schema): boolean {
  return (
    schema['format'] === 'textarea' ||
    schema['widget'] === 'textarea' ||
    (typeof schema['maxLength'] === 'number' && schema['maxLength'] > 200)
  );
}

/** Whether a part of a JSON Schema is a schema itself. */
export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

import { schemaOfType, type PortDescription } from '@heddle/core';
import { readFields, type FormField, type FormValues, type ReadFields } from './read-fields.js';
import type { ValueShape } from './ValueField.js';

const kinds: Readonly<Record<string, ValueShape['kind']>> = {
  Text: 'long-text',
  Number: 'number',
  Boolean: 'boolean',
  Messages: 'messages',
  File: 'file',
  Image: 'image',
};

/** The form field of a workflow's input, by its type. */
export function inputField({
  name,
  title = name,
  help,
  type,
  isOptional,
  default: standard,
}: PortDescription): FormField {
  const isFiles = type === 'File[]' || type === 'Image[]';
  const kind = kinds[isFiles ? type.slice(0, -2) : type] ?? 'json';
  return {
    name,
    title,
    help,
    kind,
    isRequired: !isOptional,
    mayBeEmpty: isOptional || standard !== undefined,
    initial: '',
    type: type === 'Text' ? undefined : type,
    isList: isFiles,
    check: kind === 'number' ? undefined : (value) => typeProblem(type, value),
  };
}

/** Converts the texts of a form to the inputs of a run, or returns the errors of its fields. Empty optional fields are left out. */
export const readInputs = (ports: readonly PortDescription[], values: FormValues): ReadFields =>
  readFields(ports.map(inputField), values);

function typeProblem(type: PortDescription['type'], value: unknown): string | undefined {
  const { success, error } = schemaOfType(type).safeParse(value);
  return success ? undefined : `Not of type ${type}: ${error.issues[0]?.message ?? 'unknown'}`;
}

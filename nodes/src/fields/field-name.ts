import { forbiddenNames, PortTypeNameSchema, portTypeNames, type PortTypeName } from '@heddle/core';
import { z } from 'zod';

const namePattern = /^[A-Za-z_][A-Za-z0-9_-]{0,63}$/;

/** A config field for the name of a port, which a user chooses. */
export const portName = z
  .string()
  .regex(namePattern, 'Use letters, digits, - and _, at most 64, starting with a letter.')
  .refine((name) => !forbiddenNames.has(name) && name !== 'error', {
    error: 'This name is reserved: choose another one.',
  });

const portTypeName = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? (portTypeNames.find((name) => name.toLowerCase() === value.toLowerCase()) ?? value)
      : value,
  PortTypeNameSchema,
);

/** A config field for the type of a port. It ignores case: a document may have `text` for `Text`. */
export function portTypeField(standard: PortTypeName) {
  // The JSON schema is stated here, because it cannot be derived through the conversion.
  return portTypeName
    .default(standard)
    .meta({ title: 'Type', type: 'string', enum: [...portTypeNames], default: standard });
}

/** Reports each field that has the name of an earlier field, for the `check` of a node. */
export function doubledNames(
  fields: readonly { readonly name: string }[],
  list = 'fields',
): { readonly field: string; readonly message: string; readonly fix: string }[] {
  const seen = new Set<string>();
  return fields.flatMap(({ name }, index) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [
      {
        field: `${list}.${index}.name`,
        message: `The name '${name}' is used twice.`,
        fix: 'Use different names.',
      },
    ];
  });
}

/** The names of port types in messages. */
export const typeText: Readonly<Record<PortTypeName, string>> = {
  Text: 'a text',
  Number: 'a number',
  Boolean: 'true or false',
  Json: 'JSON',
  Messages: 'a list of messages',
  Passages: 'a list of passages',
  Vector: 'a vector',
  File: 'a file',
  Image: 'an image',
  'Text[]': 'a list of texts',
  'Number[]': 'a list of numbers',
  'Boolean[]': 'a list of true or false',
  'Json[]': 'a list',
  'Messages[]': 'a list of conversations',
  'Passages[]': 'a list of lists of passages',
  'Vector[]': 'a list of vectors',
  'File[]': 'a list of files',
  'Image[]': 'a list of images',
};

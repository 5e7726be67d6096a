import { z } from 'zod';
import { isFloat32Array } from '../values/is-float32-array.js';
import { FileRef, Message, Passage } from '../values/values.js';

const baseTypeNames = ['Text', 'Number', 'Boolean', 'Json', 'Messages', 'Passages', 'Vector', 'File', 'Image'] as const;
type BaseTypeName = (typeof baseTypeNames)[number];

/** The name of a port type: a base type, or a list of one such as `Text[]`. */
export type PortTypeName = BaseTypeName | `${BaseTypeName}[]`;

/** All port type names, base types first. */
export const portTypeNames: readonly PortTypeName[] = [
  ...baseTypeNames,
  ...baseTypeNames.map((name) => `${name}[]` as const),
];

/** The zod schema of a port type name. */
export const PortTypeNameSchema = z.custom<PortTypeName>(
  (value) => typeof value === 'string' && portTypeNames.some((name) => name === value),
  { error: `Expected one of ${portTypeNames.join(', ')}` },
);

const isVector = (value: unknown): value is Float32Array | readonly number[] =>
  isFloat32Array(value) || (Array.isArray(value) && value.every((entry) => typeof entry === 'number'));

const baseSchemas = {
  Text: z.string(),
  Number: z.number(),
  Boolean: z.boolean(),
  Json: z.unknown(),
  Messages: z.array(Message),
  Passages: z.array(Passage),
  Vector: z.custom<Float32Array | readonly number[]>(isVector, { error: 'Expected a vector: a list of numbers' }),
  File: FileRef,
  Image: FileRef,
} as const;

const schemas = new Map<PortTypeName, z.ZodType>();
for (const name of baseTypeNames) {
  schemas.set(name, baseSchemas[name]);
  schemas.set(`${name}[]`, z.array(baseSchemas[name]));
}

/** Returns the schema for values of a port type. */
export function schemaOfType(type: PortTypeName): z.ZodType {
  return schemas.get(type) ?? z.unknown();
}

type BaseValues = { [Name in BaseTypeName]: z.infer<(typeof baseSchemas)[Name]> };

/** The TypeScript type of a value of port type `Name`. */
export type ValueOf<Name extends PortTypeName> = Name extends `${infer Base extends BaseTypeName}[]`
  ? BaseValues[Base][]
  : Name extends BaseTypeName
    ? BaseValues[Name]
    : never;

import { HeddleError } from '@heddle/core';
import { z } from 'zod';
import type { SparseVector } from '../shared/term-weights.js';
import type { Message } from './connection.js';

/** The type of a field in a Milvus collection. */
export type Column =
  | { readonly kind: 'text'; readonly longest: number }
  | { readonly kind: 'texts'; readonly longest: number; readonly most: number }
  | { readonly kind: 'number' }
  | { readonly kind: 'numbers'; readonly most: number }
  | { readonly kind: 'sparse' }
  | { readonly kind: 'vector'; readonly length: number };

export type Columns = Readonly<Record<string, Column>>;
export type Value = string | number | readonly string[] | readonly number[] | Float32Array | SparseVector;
/** An entity: the values of its fields. */
export type Row = Readonly<Record<string, Value>>;

/** Milvus' numbers for the types of fields. */
export const dataTypes = { long: 5, text: 21, array: 22, vector: 101, sparse: 104 } as const;

/** Converts entities into Milvus' format: column by column. */
export const fieldsOf = (columns: Columns, rows: readonly Row[]): readonly Message[] =>
  Object.entries(columns).map(([name, column]) => fieldOf(name, column, rows));

function fieldOf(name: string, column: Column, rows: readonly Row[]): Message {
  const values = rows.map((row) => row[name] ?? missing(name));
  switch (column.kind) {
    case 'text':
      return { type: dataTypes.text, field_name: name, scalars: { string_data: { data: values } } };
    case 'number':
      return { type: dataTypes.long, field_name: name, scalars: { long_data: { data: values } } };
    case 'texts':
    case 'numbers': {
      const isText = column.kind === 'texts';
      const data = values.map((list) => ({ [isText ? 'string_data' : 'long_data']: { data: list } }));
      const element_type = isText ? dataTypes.text : dataTypes.long;
      return { type: dataTypes.array, field_name: name, scalars: { array_data: { data, element_type } } };
    }
    case 'sparse': {
      const contents = values.map((value) => sparseBytes(SparseOf.parse(value)));
      const dim = values.reduce<number>(
        (most, value) => Math.max(most, (SparseOf.parse(value).indices.at(-1) ?? 0) + 1),
        1,
      );
      return { type: dataTypes.sparse, field_name: name, vectors: { dim, sparse_float_vector: { contents, dim } } };
    }
    case 'vector': {
      const all = new Float32Array(values.length * column.length);
      values.forEach((vector, at) => {
        if (vector instanceof Float32Array) all.set(vector, at * column.length);
      });
      return {
        type: dataTypes.vector,
        field_name: name,
        vectors: { dim: column.length, float_vector: { data: [...all] } },
      };
    }
  }
}

const SparseOf = z.object({ indices: z.array(z.number()), values: z.array(z.number()) });

/** A sparse vector as bytes: pairs of an index and a value. */
export function sparseBytes({ indices, values }: SparseVector): Buffer {
  const bytes = Buffer.alloc(indices.length * 8);
  indices.forEach((place, at) => {
    bytes.writeUInt32LE(place, at * 8);
    bytes.writeFloatLE(values[at] ?? 0, at * 8 + 4);
  });
  return bytes;
}

function sparseOf(bytes: Uint8Array): SparseVector {
  const all = Buffer.from(bytes);
  const at = Array.from({ length: Math.floor(all.length / 8) }, (_, index) => index * 8);
  return { indices: at.map((start) => all.readUInt32LE(start)), values: at.map((start) => all.readFloatLE(start + 4)) };
}

const missing = (name: string): never => {
  throw new HeddleError('internal', `An entity for Milvus has no field '${name}'.`);
};

const Texts = z.object({ data: z.array(z.string()) });
const Longs = z.object({ data: z.array(z.number()) });
const Scalars = z.object({
  string_data: Texts.nullish(),
  long_data: Longs.nullish(),
  array_data: z
    .object({ data: z.array(z.object({ string_data: Texts.nullish(), long_data: Longs.nullish() })) })
    .nullish(),
});
const FieldData = z.object({
  field_name: z.string(),
  scalars: Scalars.nullish(),
  vectors: z
    .object({
      dim: z.number(),
      float_vector: z.object({ data: z.custom<readonly number[]>() }).nullish(),
      sparse_float_vector: z.object({ contents: z.array(z.instanceof(Uint8Array)) }).nullish(),
    })
    .nullish(),
});

/** The entities in an answer. */
export function rowsIn(fields: unknown): readonly Row[] {
  const columns = z
    .array(FieldData)
    .parse(fields)
    .map((field) => [field.field_name, valuesOf(field)] as const);
  const length = Math.max(0, ...columns.map(([, values]) => values.length));
  return Array.from({ length }, (_, at) =>
    Object.fromEntries(columns.map(([name, values]) => [name, values[at] ?? missing(name)])),
  );
}

function valuesOf({ scalars, vectors }: z.infer<typeof FieldData>): readonly Value[] {
  const list = scalars?.string_data?.data ?? scalars?.long_data?.data;
  if (list !== undefined) return list;
  if (scalars?.array_data)
    return scalars.array_data.data.map(({ string_data, long_data }) => string_data?.data ?? long_data?.data ?? []);
  if (vectors?.sparse_float_vector) return vectors.sparse_float_vector.contents.map(sparseOf);
  const numbers = vectors?.float_vector?.data ?? [];
  const size = vectors?.dim ?? 0;
  if (size === 0) return [];
  return Array.from({ length: numbers.length / size }, (_, at) =>
    Float32Array.from(numbers.slice(at * size, (at + 1) * size)),
  );
}

export const textIn = (row: Row, name: string): string => z.string().parse(row[name]);
export const textsIn = (row: Row, name: string): readonly string[] => z.array(z.string()).parse(row[name]);
export const numberIn = (row: Row, name: string): number => z.number().parse(row[name]);
export const vectorIn = (row: Row, name: string): Float32Array => z.instanceof(Float32Array).parse(row[name]);

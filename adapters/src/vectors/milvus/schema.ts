import { dataTypes, type Column, type Columns } from './columns.js';
import type { Message } from './connection.js';

/** Most names of readers that a passage stores itself; a longer list has entities of its own. Milvus allows 4,096 texts in a field. */
export const mostNames = 1_000;
/** Most terms of metadata, and of words, in a passage: Milvus' limit for lists. */
export const mostItems = 4_096;
/** Most bytes of a text field: Milvus' limit. */
export const mostBytes = 65_535;

const text = (longest: number): Column => ({ kind: 'text', longest });
const texts = (most: number, longest: number): Column => ({ kind: 'texts', most, longest });

/** The returned content, in pieces, because a text field has a limit. */
const payload = texts(1_024, mostBytes);

export const passageColumns = (length: number): Columns => ({
  pk: text(128),
  document: text(64),
  passage: text(64),
  revision: text(64),
  position: { kind: 'number' },
  readers: texts(mostNames + 1, 64),
  fields: texts(mostItems, 32),
  payload,
  words: { kind: 'numbers', most: mostItems },
  terms: { kind: 'sparse' },
  vector: { kind: 'vector', length },
});

/** The fields of all other records, for all collections. Milvus demands a vector in each entity. */
export const recordColumns: Columns = {
  pk: text(1_024),
  tenant: text(128),
  kind: text(32),
  name: text(128),
  number: { kind: 'number' },
  readers: texts(mostNames + 1, 64),
  payload,
  nothing: { kind: 'vector', length: 2 },
};

/** The vector of a record that has none. */
export const nothing = new Float32Array(2);

export interface Index {
  readonly field: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** Without this index, searches give the same results, only slower. */
  readonly isOptional?: boolean;
}

const inverted = (field: string): Index => ({ field, params: { index_type: 'INVERTED' }, isOptional: true });

export const passageIndexes = (index: 'HNSW' | 'FLAT'): readonly Index[] => [
  {
    field: 'vector',
    params: { index_type: index, metric_type: 'IP', params: index === 'HNSW' ? { M: 32, efConstruction: 256 } : {} },
  },
  {
    field: 'terms',
    params: { index_type: 'SPARSE_INVERTED_INDEX', metric_type: 'IP', params: {} },
  },
  ...['document', 'passage', 'readers', 'fields', 'words'].map(inverted),
];

export const recordIndexes: readonly Index[] = [
  { field: 'nothing', params: { index_type: 'FLAT', metric_type: 'IP', params: {} } },
  ...['tenant', 'kind', 'readers'].map(inverted),
];

/** The message that describes a collection to the server. */
export const schemaMessage = (name: string, columns: Columns): Message => ({
  name,
  description: 'Made by Heddle',
  fields: Object.entries(columns).map(([field, column]) => fieldMessage(field, column)),
});

function fieldMessage(name: string, column: Column): Message {
  const base = { name, is_primary_key: name === 'pk' };
  switch (column.kind) {
    case 'number':
      return { ...base, data_type: dataTypes.long };
    case 'vector':
      return { ...base, data_type: dataTypes.vector, type_params: pairs({ dim: column.length }) };
    case 'texts': {
      const type_params = pairs({ max_capacity: column.most, max_length: column.longest });
      return { ...base, data_type: dataTypes.array, element_type: dataTypes.text, type_params };
    }
    case 'numbers': {
      const type_params = pairs({ max_capacity: column.most });
      return { ...base, data_type: dataTypes.array, element_type: dataTypes.long, type_params };
    }
    case 'sparse':
      return { ...base, data_type: dataTypes.sparse };
    case 'text':
      return { ...base, data_type: dataTypes.text, type_params: pairs({ max_length: column.longest }) };
  }
}

/** Keys and values in Milvus' format: texts as they are, all others as JSON. */
export const pairs = (values: Readonly<Record<string, unknown>>): readonly Message[] =>
  Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }));

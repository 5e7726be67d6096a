/** The types of message fields, as the published description of Milvus' interface writes them: `repeated string 2`. */
type Fields = Readonly<Record<string, string>>;

interface Described {
  readonly fields: Record<string, { readonly type: string; readonly id: number; readonly rule?: 'repeated' }>;
  readonly oneofs?: Record<string, { readonly oneof: string[] }>;
}

const common = 'milvus.proto.common';
const schema = 'milvus.proto.schema';

/**
 * The part of Milvus' interface that the store uses: messages and the numbers of their fields. Enumerations are numbers. `npm run
 * test:compat -- milvus` compares it with the description in Milvus' own client.
 */
export const messages: Readonly<Record<string, Fields>> = {
  [`${common}.Status`]: { error_code: 'int32 1', reason: 'string 2', code: 'int32 3', retriable: 'bool 4' },
  [`${common}.KeyValuePair`]: { key: 'string 1', value: 'string 2' },
  [`${common}.PlaceholderGroup`]: { placeholders: `repeated ${common}.PlaceholderValue 1` },
  [`${common}.PlaceholderValue`]: { tag: 'string 1', type: 'int32 2', values: 'repeated bytes 3' },
  [`${schema}.FieldSchema`]: {
    name: 'string 2',
    is_primary_key: 'bool 3',
    description: 'string 4',
    data_type: 'int32 5',
    type_params: `repeated ${common}.KeyValuePair 6`,
    element_type: 'int32 10',
  },
  [`${schema}.CollectionSchema`]: {
    name: 'string 1',
    description: 'string 2',
    fields: `repeated ${schema}.FieldSchema 4`,
  },
  [`${schema}.LongArray`]: { data: 'repeated int64 1' },
  [`${schema}.FloatArray`]: { data: 'repeated float 1' },
  [`${schema}.StringArray`]: { data: 'repeated string 1' },
  [`${schema}.ArrayArray`]: { data: `repeated ${schema}.ScalarField 1`, element_type: 'int32 2' },
  [`${schema}.ScalarField`]: {
    long_data: `oneof:data ${schema}.LongArray 3`,
    string_data: `oneof:data ${schema}.StringArray 6`,
    array_data: `oneof:data ${schema}.ArrayArray 8`,
  },
  [`${schema}.SparseFloatArray`]: { contents: 'repeated bytes 1', dim: 'int64 2' },
  [`${schema}.VectorField`]: {
    dim: 'int64 1',
    float_vector: `oneof:data ${schema}.FloatArray 2`,
    sparse_float_vector: `oneof:data ${schema}.SparseFloatArray 6`,
  },
  [`${schema}.FieldData`]: {
    type: 'int32 1',
    field_name: 'string 2',
    scalars: `oneof:field ${schema}.ScalarField 3`,
    vectors: `oneof:field ${schema}.VectorField 4`,
  },
  [`${schema}.IDs`]: {
    int_id: `oneof:id_field ${schema}.LongArray 1`,
    str_id: `oneof:id_field ${schema}.StringArray 2`,
  },
  [`${schema}.SearchResultData`]: {
    num_queries: 'int64 1',
    top_k: 'int64 2',
    fields_data: `repeated ${schema}.FieldData 3`,
    scores: 'repeated float 4',
    ids: `${schema}.IDs 5`,
    topks: 'repeated int64 6',
  },
  'milvus.proto.milvus.GetVersionRequest': {},
  'milvus.proto.milvus.GetVersionResponse': { status: `${common}.Status 1`, version: 'string 2' },
  'milvus.proto.milvus.CreateCollectionRequest': {
    db_name: 'string 2',
    collection_name: 'string 3',
    schema: 'bytes 4',
    shards_num: 'int32 5',
    consistency_level: 'int32 6',
  },
  'milvus.proto.milvus.DropCollectionRequest': { db_name: 'string 2', collection_name: 'string 3' },
  'milvus.proto.milvus.DescribeCollectionRequest': { db_name: 'string 2', collection_name: 'string 3' },
  'milvus.proto.milvus.DescribeCollectionResponse': {
    status: `${common}.Status 1`,
    schema: `${schema}.CollectionSchema 2`,
  },
  'milvus.proto.milvus.ShowCollectionsRequest': { db_name: 'string 2' },
  'milvus.proto.milvus.ShowCollectionsResponse': {
    status: `${common}.Status 1`,
    collection_names: 'repeated string 2',
  },
  'milvus.proto.milvus.CreateIndexRequest': {
    db_name: 'string 2',
    collection_name: 'string 3',
    field_name: 'string 4',
    extra_params: `repeated ${common}.KeyValuePair 5`,
    index_name: 'string 6',
  },
  'milvus.proto.milvus.LoadCollectionRequest': { db_name: 'string 2', collection_name: 'string 3' },
  'milvus.proto.milvus.GetLoadStateRequest': { collection_name: 'string 2', db_name: 'string 4' },
  'milvus.proto.milvus.GetLoadStateResponse': { status: `${common}.Status 1`, state: 'int32 2' },
  'milvus.proto.milvus.UpsertRequest': {
    db_name: 'string 2',
    collection_name: 'string 3',
    fields_data: `repeated ${schema}.FieldData 5`,
    num_rows: 'uint32 7',
  },
  'milvus.proto.milvus.DeleteRequest': {
    db_name: 'string 2',
    collection_name: 'string 3',
    expr: 'string 5',
    consistency_level: 'int32 7',
  },
  'milvus.proto.milvus.MutationResult': { status: `${common}.Status 1`, err_index: 'repeated uint32 4' },
  'milvus.proto.milvus.QueryRequest': {
    db_name: 'string 2',
    collection_name: 'string 3',
    expr: 'string 4',
    output_fields: 'repeated string 5',
    guarantee_timestamp: 'uint64 8',
    query_params: `repeated ${common}.KeyValuePair 9`,
    consistency_level: 'int32 11',
  },
  'milvus.proto.milvus.QueryResults': { status: `${common}.Status 1`, fields_data: `repeated ${schema}.FieldData 2` },
  'milvus.proto.milvus.SearchRequest': {
    db_name: 'string 2',
    collection_name: 'string 3',
    dsl: 'string 5',
    placeholder_group: 'oneof:search_input bytes 6',
    dsl_type: 'int32 7',
    output_fields: 'repeated string 8',
    search_params: `repeated ${common}.KeyValuePair 9`,
    guarantee_timestamp: 'uint64 11',
    nq: 'int64 12',
    consistency_level: 'int32 14',
  },
  'milvus.proto.milvus.SearchResults': { status: `${common}.Status 1`, results: `${schema}.SearchResultData 2` },
};

/** The calls that the store makes, and the messages of their answers. */
export const methods = {
  GetVersion: 'milvus.proto.milvus.GetVersionResponse',
  CreateCollection: `${common}.Status`,
  DropCollection: `${common}.Status`,
  DescribeCollection: 'milvus.proto.milvus.DescribeCollectionResponse',
  ShowCollections: 'milvus.proto.milvus.ShowCollectionsResponse',
  CreateIndex: `${common}.Status`,
  LoadCollection: `${common}.Status`,
  GetLoadState: 'milvus.proto.milvus.GetLoadStateResponse',
  Upsert: 'milvus.proto.milvus.MutationResult',
  Delete: 'milvus.proto.milvus.MutationResult',
  Query: 'milvus.proto.milvus.QueryResults',
  Search: 'milvus.proto.milvus.SearchResults',
} as const;
export type Method = keyof typeof methods;

/** The name of the request message of a call. */
export const requestOf = (method: Method): string => `milvus.proto.milvus.${method}Request`;

export const pathOf = (method: Method): string => `/milvus.proto.milvus.MilvusService/${method}`;

interface Nested {
  nested: Record<string, Nested | Described>;
}

/** The description in the format that the message library reads. */
export function described(): Nested {
  const root: Nested = { nested: {} };
  for (const [name, fields] of Object.entries(messages)) {
    const parts = name.split('.');
    const last = parts.pop() ?? '';
    let place = root;
    for (const part of parts) place = (place.nested[part] ??= { nested: {} }) as Nested;
    place.nested[last] = messageOf(fields);
  }
  return root;
}

function messageOf(fields: Fields): Described {
  const described: Described = { fields: {}, oneofs: {} };
  for (const [name, text] of Object.entries(fields)) {
    const words = text.split(' ');
    const id = Number(words.at(-1));
    const type = words.at(-2) ?? '';
    const [first = ''] = words;
    described.fields[name] = { type, id, ...(first === 'repeated' ? { rule: 'repeated' as const } : {}) };
    const one = /^oneof:(\w+)$/.exec(first)?.[1];
    if (one !== undefined) ((described.oneofs ?? {})[one] ??= { oneof: [] }).oneof.push(name);
  }
  return described;
}

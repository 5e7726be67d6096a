import {
  defineNode,
  HeddleError,
  isPlainObject,
  Json,
  many,
  Passage,
  Passages,
  Text,
  valueText,
  type DynamicPorts,
} from '@heddle/core';
import { z } from 'zod';
import { fuseLists } from '../retrieval/fuse-lists.js';
import { listOf } from '../fields/list-of.js';

const Mode = z.enum(['list', 'first', 'text', 'object', 'passages']);

export const merge = defineNode({
  type: 'merge',
  version: 1,
  category: 'logic',
  title: 'Merge',
  summary: 'Merges the values of several branches.',
  icon: 'merge',
  keywords: listOf(`
      join, combine, concat, concatenate, union, aggregate, aggregator, variable aggregator, collect, gather, fan
      in, append, parallel, sync, wait for all
    `),
  role: 'step',
  effects: [],
  headline: 'mode',
  help: `
Takes any number of edges, in the order of the document. Skipped branches are left out; if all branches were skipped, this node is skipped, too.

- **List**: all values in a list. **Flatten** adds the items of lists instead of the lists.
- **First**: the first value. After a switch, this joins the branches again. Set the *join* of the node to *any* to continue with the first value that arrives.
- **Text**: texts joined by the separator; lists are joined too.
- **Object**: the keys of all objects in one object; a later value replaces an earlier one.
- **Passages**: the results of several searches as one list without duplicates; passages with a high rank in several lists come first.
`.trim(),
  config: z.object({
    mode: Mode.default('list').meta({
      title: 'Result',
      labels: { list: 'List', first: 'First', text: 'Text', object: 'Object', passages: 'Passages' },
    }),
    separator: z.string().max(1000).default('\n\n').meta({ title: 'Separator', description: 'Between texts.' }),
    flatten: z.boolean().default(false).meta({ title: 'Flatten', description: 'For lists: adds the items of lists.' }),
    topK: z.int().min(1).max(1000).default(20).meta({ title: 'Passages', description: 'How many to return.' }),
  }),
  inputs: { values: many(Json).optional() },
  outputs: {},
  example: {
    config: { mode: 'text', separator: ' ' },
    inputs: { values: ['Good', 'morning'] },
    outputs: { text: 'Good morning' },
  },
  ports: ({ mode }): DynamicPorts => ({
    outputs: mode === 'text' ? { text: Text } : mode === 'passages' ? { passages: Passages } : { value: Json },
  }),
  run({ config, inputs }) {
    const values = inputs.values ?? [];
    switch (config.mode) {
      case 'list':
        return { value: config.flatten ? values.flatMap((value): unknown => value) : [...values] };
      case 'first': {
        const found = values.find((value) => value !== null && value !== undefined);
        return found === undefined ? {} : { value: found };
      }
      case 'text':
        return {
          text: values
            .flatMap((value) => (Array.isArray(value) ? value.map(valueText) : [valueText(value)]))
            .join(config.separator),
        };
      case 'object':
        return { value: Object.fromEntries(values.flatMap((value, index) => Object.entries(objectOf(value, index)))) };
      case 'passages':
        return { passages: fuseLists(values.map(passagesOf), config.topK) };
    }
  },
});

function objectOf(value: unknown, index: number): Readonly<Record<string, unknown>> {
  if (isPlainObject(value)) return value;
  throw new HeddleError(
    'schema_mismatch',
    `Value ${index + 1} is not an object and has no keys to merge: convert it with a "set" node, or choose another result.`,
  );
}

function passagesOf(value: unknown, index: number): Passage[] {
  const parsed = z.array(Passage).safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HeddleError(
    'schema_mismatch',
    `Value ${index + 1} is not a list of passages: connect the passages of a retrieve or rerank node, or choose another result.`,
  );
}

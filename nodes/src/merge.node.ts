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
import { fuseLists } from './retrieval/fuse-lists.js';

const Mode = z.enum(['list', 'first', 'text', 'object', 'passages']);

export const merge = defineNode({
  type: 'merge',
  version: 1,
  category: 'logic',
  title: 'Merge',
  summary: 'Brings several branches together.',
  icon: 'merge',
  role: 'step',
  effects: [],
  headline: 'mode',
  help: `
Takes any number of edges, in the order in which they stand in the document. Branches that were skipped are left out; when all of them were, this node is skipped too.

- **List**: all values in a list. **Flatten** puts the items of lists in it, not the lists.
- **First**: the first value that is there. After a switch, this joins the branches again. Set the node's *join* to *any* to go on at the first one that arrives.
- **Text**: texts joined by the separator; lists are joined too.
- **Object**: the keys of all objects in one; a later one wins.
- **Passages**: results of several searches as one list without doubles: what stands high in several of them comes first.
`.trim(),
  config: z.object({
    mode: Mode.default('list').meta({
      title: 'Result',
      labels: { list: 'List', first: 'First', text: 'Text', object: 'Object', passages: 'Passages' },
    }),
    separator: z.string().max(1000).default('\n\n').meta({ title: 'Separator', description: 'Between texts.' }),
    flatten: z.boolean().default(false).meta({ title: 'Flatten', description: 'For lists: take the items of lists.' }),
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
    `Value ${index + 1} is no object, so it has no keys to merge: shape it with a set node, or choose another result.`,
  );
}

function passagesOf(value: unknown, index: number): Passage[] {
  const parsed = z.array(Passage).safeParse(value);
  if (parsed.success) return parsed.data;
  throw new HeddleError(
    'schema_mismatch',
    `Value ${index + 1} is no list of passages: connect the passages of a retrieve or rerank node, or choose another result.`,
  );
}

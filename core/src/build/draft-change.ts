import { z } from 'zod';
import { NodeRunSettings } from '../document/workflow-document.js';
import { LabelLevel } from '../labels/label.js';
import { lazyStrictObject } from '../values/lazy-object.js';

/** Maximum number of changes in one list. */
const mostChanges = 200;

const id = z.string().min(1).max(64).meta({ description: 'Id of a node: lower-case letters, digits, _ and -.' });
const end = (what: string) =>
  z
    .string()
    .min(3)
    .max(130)
    .meta({ description: `${what}, as node.port.` });
const config = z.record(z.string(), z.unknown()).meta({ description: 'Settings of the node, by field.' });
const title = z.string().max(200);
/** The name of a nested workflow; missing for the document's own graph. */
const within = z
  .string()
  .max(64)
  .optional()
  .meta({ description: 'Name of an inner workflow; leave it out for the workflow itself.' });
const loop = lazyStrictObject(() => ({
  max: z.int().min(1).max(100_000).optional(),
  atLimit: z.enum(['fail', 'leave']).optional(),
})).meta({ description: 'Only for an edge that goes back and closes a loop.' });
const type = z.string().min(1).max(128).meta({ description: 'A node type of list_node_types.' });
/** A field of the inputs or outputs of a workflow. */
const field = z.looseObject({ name: z.string().min(1).max(64), type: z.string().max(32).optional() });
const fields = z.array(field).min(1).max(100);
const node = { id, type, config: config.optional(), title: title.optional(), label: LabelLevel.optional() };

/** One change of a draft. Changes refer to nodes by id; a list of changes is applied all or none. */
export const DraftChange = z
  .discriminatedUnion('change', [
    lazyStrictObject(() => ({ change: z.literal('add_node'), within, ...node })),
    lazyStrictObject(() => ({ change: z.literal('remove_node'), within, id })),
    lazyStrictObject(() => ({ change: z.literal('rename_node'), within, id, to: id })),
    lazyStrictObject(() => ({
      change: z.literal('set_config'),
      within,
      id,
      config: config.meta({ description: 'The fields to set; other fields stay.' }),
      unset: z
        .array(z.string().max(128))
        .max(100)
        .optional()
        .meta({ description: 'Fields to put back to their default.' }),
    })),
    lazyStrictObject(() => ({ change: z.literal('set_title'), within, id, title })),
    lazyStrictObject(() => ({ change: z.literal('set_label'), within, id, label: LabelLevel.nullable() })),
    lazyStrictObject(() => ({ change: z.literal('set_run'), within, id, run: NodeRunSettings.nullable() })),
    lazyStrictObject(() => ({
      change: z.literal('connect'),
      within,
      from: end('The output'),
      to: end('The input'),
      loop: loop.optional(),
    })),
    lazyStrictObject(() => ({
      change: z.literal('disconnect'),
      within,
      from: end('The output'),
      to: end('The input'),
    })),
    lazyStrictObject(() => ({
      change: z.literal('insert_between'),
      within,
      from: end('The output of the edge'),
      to: end('Its input'),
      ...node,
      input: z.string().max(64).meta({ description: 'The input of the new node that takes the value.' }),
      output: z.string().max(64).meta({ description: 'The output of the new node that goes on.' }),
    })),
    lazyStrictObject(() => ({
      change: z.literal('set_inputs'),
      within,
      fields,
      id: id.optional().meta({ description: 'The input node; by default the only one, or a new one.' }),
    })),
    lazyStrictObject(() => ({
      change: z.literal('set_outputs'),
      within,
      fields,
      id: id.optional().meta({ description: 'The output node; by default the only one, or a new one.' }),
    })),
    lazyStrictObject(() => ({
      change: z.literal('set_workflow'),
      name: z.string().min(1).max(200).optional(),
      description: z.string().max(10_000).optional(),
    })),
    lazyStrictObject(() => ({
      change: z.literal('add_inner_workflow'),
      name: z.string().min(1).max(64),
      title: title.optional(),
    })),
  ])
  .meta({ id: 'DraftChange' });
export type DraftChange = z.infer<typeof DraftChange>;

/** A list of changes, applied all or none. */
export const DraftChanges = z.array(DraftChange).min(1).max(mostChanges).meta({ id: 'DraftChanges' });

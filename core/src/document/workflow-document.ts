import { z } from 'zod';
import { LabelLevel } from '../labels/label.js';

/** The document version this Heddle writes. */
export const documentVersion = 1;

/** A node id: `[a-z][a-z0-9_-]{0,63}` (P1). */
export const nodeIdPattern = /^[a-z][a-z0-9_-]{0,63}$/;

/** An edge's end: `node.port`. */
const endPattern = /^([a-z][a-z0-9_-]{0,63})\.([A-Za-z_][A-Za-z0-9_-]{0,63})$/;

/** How often and when a failed node is tried again. */
export const RetrySettings = z
  .strictObject({
    /** Tries in all, the first included. */
    attempts: z.int().min(1).max(20).meta({
      title: 'Attempts',
      description:
        'In all, the first included. Only what may pass is tried again, such as a time-out, a lost connection or a busy service; each attempt has the same idempotency key.',
      placeholder: '1: a failure is final',
    }),
    /** Milliseconds before the second try; doubled for each further one, with jitter. */
    backoffMs: z.int().min(0).max(3_600_000).default(500).meta({
      title: 'Pause before the second attempt',
      description: 'Doubled before each further one, and shortened at random by up to half.',
      widget: 'duration',
    }),
  })
  .meta({ id: 'RetrySettings' });

/** How a node is run (R0). */
export const NodeRunSettings = z
  .strictObject({
    join: z
      .enum(['all', 'any'])
      .optional()
      .meta({
        title: 'Starts',
        description:
          'At the first input: the others are absent, and what arrives later is ignored. All inputs must be optional then.',
        labels: { all: 'When every input has settled', any: 'At the first input that arrives' },
        default: 'all',
      }),
    retry: RetrySettings.optional(),
    /** Most milliseconds an attempt may take. */
    wallMs: z.int().positive().optional().meta({
      title: 'Timeout per attempt',
      description: 'What takes longer is stopped and fails with node_timeout, which may be tried again.',
      widget: 'duration',
      placeholder: 'No limit',
    }),
    /** Most milliseconds without a sign of life. */
    idleMs: z.int().positive().optional().meta({
      title: 'Idle timeout',
      description:
        'What writes nothing and tells no progress for longer is stopped and fails with node_idle, which may be tried again.',
      widget: 'duration',
      placeholder: 'No limit',
    }),
    atMostOnce: z.boolean().optional().meta({
      title: 'At most once',
      description:
        'It never runs twice by itself: it is not tried again, and where a crash leaves open whether it ran, a person is asked.',
      default: false,
    }),
    /** Bypassed: inputs pass to the outputs that take their values. */
    disabled: z.boolean().optional().meta({
      title: 'Bypassed',
      description: 'It does nothing: its inputs pass on to the outputs that take their values.',
      default: false,
    }),
  })
  .meta({ id: 'NodeRunSettings' });
export type NodeRunSettings = z.infer<typeof NodeRunSettings>;

/** A node of a document. */
export const DocumentNode = z
  .strictObject({
    type: z.string().min(1).max(128),
    version: z.int().positive(),
    title: z.string().max(200).optional(),
    config: z.record(z.string(), z.unknown()).default({}),
    run: NodeRunSettings.optional(),
    /** What this node's outputs carry at least. */
    label: LabelLevel.optional(),
  })
  .meta({ id: 'DocumentNode' });
export type DocumentNode = z.infer<typeof DocumentNode>;

/** An edge of a document; `loop` marks one that closes a cycle (R0). */
export const DocumentEdge = z
  .strictObject({
    from: z.string(),
    to: z.string(),
    loop: z
      .strictObject({
        /** Most iterations. */
        max: z.int().min(1).max(100_000).default(10),
        atLimit: z.enum(['fail', 'leave']).default('fail'),
      })
      .optional(),
  })
  .meta({ id: 'DocumentEdge' });
export type DocumentEdge = z.infer<typeof DocumentEdge>;

/** A place on the canvas. */
export const Point = z.tuple([z.number(), z.number()]);

/** A note on the canvas. */
export const LayoutNote = z.strictObject({
  id: z.string(),
  text: z.string(),
  at: Point,
  size: Point.optional(),
  color: z.string().optional(),
});

/** A frame around nodes on the canvas. */
export const LayoutGroup = z.strictObject({
  id: z.string(),
  title: z.string(),
  nodes: z.array(z.string()),
  collapsed: z.boolean().optional(),
  color: z.string().optional(),
});

/** Where things stand on the canvas; it never changes what a workflow does. */
export const Layout = z
  .strictObject({
    nodes: z.record(z.string(), Point).default({}),
    notes: z.array(LayoutNote).default([]),
    groups: z.array(LayoutGroup).default([]),
  })
  .meta({ id: 'Layout' });
export type Layout = z.infer<typeof Layout>;

/** What nobody draws and no machine should have to compile; the workflows inside a document count with it. */
export const mostNodes = 10_000;
export const mostEdges = 50_000;

const graph = {
  nodes: z.record(z.string(), DocumentNode).refine((nodes) => Object.keys(nodes).length <= mostNodes, {
    error: `At most ${mostNodes} nodes: put parts into workflows of their own`,
  }),
  edges: z.array(DocumentEdge).max(mostEdges),
  layout: Layout.optional(),
};

/** A workflow inside a workflow: referred to as `#name`. */
export const InnerWorkflow = z.strictObject({ title: z.string().optional(), ...graph }).meta({ id: 'InnerWorkflow' });
export type InnerWorkflow = z.infer<typeof InnerWorkflow>;

/** The workflow document (design §2). */
export const WorkflowDocument = z
  .strictObject({
    heddle: z.literal(documentVersion),
    name: z.string().min(1).max(200),
    description: z.string().max(10_000).optional(),
    ...graph,
    /** Sub-workflows that live in this document, by name. */
    workflows: z.record(z.string(), InnerWorkflow).optional(),
  })
  .meta({ id: 'WorkflowDocument' });
export type WorkflowDocument = z.infer<typeof WorkflowDocument>;

/** The id of an edge in issues and on the canvas. */
export function edgeId(edge: Pick<DocumentEdge, 'from' | 'to'>): string {
  return `${edge.from}->${edge.to}`;
}

/** Splits `node.port`; undefined where it is not of that form. */
export function splitEnd(end: string): { readonly node: string; readonly port: string } | undefined {
  const match = endPattern.exec(end);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { node: match[1], port: match[2] };
}

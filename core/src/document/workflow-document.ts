import { z } from 'zod';
import { LabelLevel } from '../labels/label.js';
import { PromptReference } from '../quality/prompts/prompt-reference.js';

/** The document version that this Heddle writes. */
export const documentVersion = 2;

/** A node id: `[a-z][a-z0-9_-]{0,63}` (rule "Execution paths"). */
export const nodeIdPattern = /^[a-z][a-z0-9_-]{0,63}$/;

/** An edge's end: `node.port`. */
const endPattern = /^([a-z][a-z0-9_-]{0,63})\.([A-Za-z_][A-Za-z0-9_-]{0,63})$/;

/** How often and when a failed node is retried. */
export const RetrySettings = z
  .strictObject({
    /** Number of attempts, including the first. */
    attempts: z.int().min(1).max(20).meta({
      title: 'Attempts',
      description:
        'Including the first one. Only temporary failures are retried, such as a timeout, a lost connection or a busy service; all attempts have the same idempotency key.',
      placeholder: '1: a failure is final',
    }),
    /** Milliseconds before the second attempt; doubled for each further attempt, with jitter. */
    backoffMs: z.int().min(0).max(3_600_000).default(500).meta({
      title: 'Pause before the second attempt',
      description: 'Doubles before each further attempt, and is shortened at random by up to half.',
      widget: 'duration',
    }),
  })
  .meta({ id: 'RetrySettings' });

/** How a node runs (rule "Run settings"). */
export const NodeRunSettings = z
  .strictObject({
    join: z
      .enum(['all', 'any'])
      .optional()
      .meta({
        title: 'Starts',
        description:
          'With the first input, the other inputs are absent and later values are ignored. All inputs must then be optional.',
        labels: { all: 'When every input has settled', any: 'At the first input that arrives' },
        default: 'all',
      }),
    retry: RetrySettings.optional(),
    /** Maximum milliseconds of an attempt. */
    wallMs: z.int().positive().optional().meta({
      title: 'Timeout per attempt',
      description: 'A longer attempt is stopped and fails with node_timeout, which can be retried.',
      widget: 'duration',
      placeholder: 'No limit',
    }),
    /** Maximum milliseconds without output or progress. */
    idleMs: z.int().positive().optional().meta({
      title: 'Idle timeout',
      description:
        'An attempt without output and progress for longer is stopped and fails with node_idle, which can be retried.',
      widget: 'duration',
      placeholder: 'No limit',
    }),
    atMostOnce: z.boolean().optional().meta({
      title: 'At most once',
      description:
        'The node never runs twice by itself: it is not retried, and if a crash leaves open whether it ran, a person decides.',
      default: false,
    }),
    /** Bypassed: each input value passes to an output with a matching type. */
    disabled: z.boolean().optional().meta({
      title: 'Bypassed',
      description: 'The node does nothing: each input value passes to an output with a matching type.',
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
    /** Prompts of the library that replace the texts of fields, by field. */
    prompts: z.record(z.string().max(100), PromptReference).optional(),
    run: NodeRunSettings.optional(),
    /** The lowest label of the outputs of this node. */
    label: LabelLevel.optional(),
  })
  .meta({ id: 'DocumentNode' });
export type DocumentNode = z.infer<typeof DocumentNode>;

/** An edge of a document; `loop` marks an edge that closes a cycle (rule "Run settings"). */
export const DocumentEdge = z
  .strictObject({
    from: z.string(),
    to: z.string(),
    loop: z
      .strictObject({
        /** Maximum number of iterations. */
        max: z.int().min(1).max(100_000).default(10),
        atLimit: z.enum(['fail', 'leave']).default('fail'),
      })
      .optional(),
  })
  .meta({ id: 'DocumentEdge' });
export type DocumentEdge = z.infer<typeof DocumentEdge>;

/** A position on the canvas. */
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

/** Positions on the canvas; they never change what a workflow does. */
export const Layout = z
  .strictObject({
    nodes: z.record(z.string(), Point).default({}),
    notes: z.array(LayoutNote).default([]),
    groups: z.array(LayoutGroup).default([]),
  })
  .meta({ id: 'Layout' });
export type Layout = z.infer<typeof Layout>;

/** Maximum number of nodes of a document, including nested workflows. */
export const mostNodes = 10_000;
/** Maximum number of edges of a document, including nested workflows. */
export const mostEdges = 50_000;

const graph = {
  nodes: z.record(z.string(), DocumentNode).refine((nodes) => Object.keys(nodes).length <= mostNodes, {
    error: `Use at most ${mostNodes} nodes: move parts to sub-workflows`,
  }),
  edges: z.array(DocumentEdge).max(mostEdges),
  layout: Layout.optional(),
};

/** A workflow inside a document, referenced as `#name`. */
export const InnerWorkflow = z.strictObject({ title: z.string().optional(), ...graph }).meta({ id: 'InnerWorkflow' });
export type InnerWorkflow = z.infer<typeof InnerWorkflow>;

/** The workflow document. */
export const WorkflowDocument = z
  .strictObject({
    heddle: z.literal(documentVersion),
    name: z.string().min(1).max(200),
    description: z.string().max(10_000).optional(),
    ...graph,
    /** Sub-workflows of this document, by name. */
    workflows: z.record(z.string(), InnerWorkflow).optional(),
  })
  .meta({ id: 'WorkflowDocument' });
export type WorkflowDocument = z.infer<typeof WorkflowDocument>;

/** The id of an edge in issues and in the editor. */
export function edgeId(edge: Pick<DocumentEdge, 'from' | 'to'>): string {
  return `${edge.from}->${edge.to}`;
}

/** Splits `node.port`; undefined if the text does not have this form. */
export function splitEnd(end: string): { readonly node: string; readonly port: string } | undefined {
  const match = endPattern.exec(end);
  return match?.[1] === undefined || match[2] === undefined ? undefined : { node: match[1], port: match[2] };
}

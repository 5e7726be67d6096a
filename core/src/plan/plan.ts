import type { WorkflowDocument } from '../document/workflow-document.js';
import type { Label } from '../labels/label.js';
import type { NodeDefinition, NodeReference } from '../node/node-definition.js';
import type { Port, Ports } from '../types/port.js';

/** A compiled workflow: everything is an index, so that running costs no look-up by name. */
export interface Plan {
  readonly document: WorkflowDocument;
  readonly nodes: readonly PlanNode[];
  readonly edges: readonly PlanEdge[];
  /** Inner regions come before the regions that hold them. */
  readonly regions: readonly LoopRegion[];
  /** Indexes of nodes of role `source` and `sink`. */
  readonly sources: readonly number[];
  readonly sinks: readonly number[];
  readonly interface: PlanInterface;
  /** Plans of the sub-workflows, by the reference that configs use (`#name` or a slug). */
  readonly workflows: ReadonlyMap<string, Plan>;
  readonly indexOf: ReadonlyMap<string, number>;
}

/** What a run of the plan takes and gives. */
export interface PlanInterface {
  readonly inputs: Ports;
  readonly outputs: Ports;
}

/** Settings of a node with their defaults filled in. */
export interface PlanRunSettings {
  readonly join: 'all' | 'any';
  readonly attempts: number;
  readonly backoffMs: number;
  readonly wallMs: number | undefined;
  readonly idleMs: number | undefined;
  readonly atMostOnce: boolean;
  readonly isDisabled: boolean;
}

export interface PlanNode {
  readonly index: number;
  readonly id: string;
  /** What people call it: its own title, else that of its type. */
  readonly title: string;
  readonly definition: NodeDefinition;
  /** Parsed once, with defaults. */
  readonly config: unknown;
  readonly inputs: readonly PlanInput[];
  readonly outputs: readonly PlanOutput[];
  /** Index of `error` in `outputs`; -1 where no edge leaves it. */
  readonly errorOutput: number;
  /** Innermost loop region, -1 outside. */
  readonly region: number;
  /** All regions that hold the node, outermost first. */
  readonly regionChain: readonly number[];
  readonly run: PlanRunSettings;
  readonly limits: readonly string[];
  readonly references: readonly NodeReference[];
  /** What the document says that outputs carry at least. */
  readonly label: Label | undefined;
  /** Whether an input is a stream. */
  readonly hasStreamInput: boolean;
}

export interface PlanInput {
  readonly name: string;
  readonly port: Port;
  /** Edges into this input in document order, the loop edge left out. */
  readonly edges: readonly number[];
  /** The loop edge into this input, -1 for none (L2). */
  readonly loopEdge: number;
}

export interface PlanOutput {
  readonly name: string;
  readonly port: Port;
  /** Edges out of this output, loop edges included. */
  readonly edges: readonly number[];
}

export interface PlanEdge {
  readonly index: number;
  readonly id: string;
  readonly from: number;
  /** Index into the producer's `outputs`. */
  readonly fromOutput: number;
  readonly to: number;
  /** Index into the consumer's `inputs`. */
  readonly toInput: number;
  /** Region whose loop this edge closes, -1 for none. */
  readonly loopOf: number;
  /** Outermost region that the edge leaves: its settling waits for that loop's end (L3); -1 for none. */
  readonly leaves: number;
  /** Innermost region that holds both ends, -1 for none: a reset of it (or of one around it) touches this edge (L2). */
  readonly inside: number;
  /** Whether the consumer reads it as a stream: same regions on both ends and a stream input (S2). */
  readonly isStream: boolean;
}

export interface LoopRegion {
  readonly index: number;
  readonly target: number;
  readonly source: number;
  readonly loopEdges: readonly number[];
  /** Every node on a path from target to source, nodes of inner regions included (L1). */
  readonly nodes: readonly number[];
  /** Edges with both ends inside, loop edges of this and inner regions included (L2). */
  readonly innerEdges: readonly number[];
  /** Edges whose `leaves` is this region: released when it ends (L3). */
  readonly exitEdges: readonly number[];
  /** The region around this one, -1 for none. */
  readonly parent: number;
  readonly children: readonly number[];
  readonly max: number;
  readonly atLimit: 'fail' | 'leave';
}

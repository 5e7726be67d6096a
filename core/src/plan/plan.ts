import type { WorkflowDocument } from '../document/workflow-document.js';
import type { Label } from '../labels/label.js';
import type { NodeDefinition, NodeReference } from '../node/node-definition.js';
import type { Port, Ports } from '../types/port.js';

/** A compiled workflow. Nodes, ports and edges refer to each other by index, so that the engine looks up no names. */
export interface Plan {
  readonly document: WorkflowDocument;
  readonly nodes: readonly PlanNode[];
  readonly edges: readonly PlanEdge[];
  /** Inner regions come before the regions around them. */
  readonly regions: readonly LoopRegion[];
  /** Indexes of the nodes with role `source` and `sink`. */
  readonly sources: readonly number[];
  readonly sinks: readonly number[];
  readonly interface: PlanInterface;
  /** Plans of the sub-workflows by reference (`#name` or a slug). */
  readonly workflows: ReadonlyMap<string, Plan>;
  readonly indexOf: ReadonlyMap<string, number>;
}

/** The inputs and outputs of a run. */
export interface PlanInterface {
  readonly inputs: Ports;
  readonly outputs: Ports;
}

/** Run settings of a node, with defaults. */
export interface PlanRunSettings {
  readonly join: 'all' | 'any';
  readonly attempts: number;
  readonly backoffMs: number;
  readonly wallMs: number | undefined;
  readonly idleMs: number | undefined;
  readonly atMostOnce: boolean;
  readonly isDisabled: boolean;
}

/** A node of a plan. */
export interface PlanNode {
  readonly index: number;
  readonly id: string;
  /** Its own title, otherwise the title of its type. */
  readonly title: string;
  readonly definition: NodeDefinition;
  /** The parsed config, with defaults. */
  readonly config: unknown;
  readonly inputs: readonly PlanInput[];
  readonly outputs: readonly PlanOutput[];
  /** Index of `error` in `outputs`; -1 if no edge leaves it. */
  readonly errorOutput: number;
  /** Innermost loop region, -1 outside. */
  readonly region: number;
  /** All regions that hold the node, outermost first. */
  readonly regionChain: readonly number[];
  readonly run: PlanRunSettings;
  readonly limits: readonly string[];
  readonly references: readonly NodeReference[];
  /** The lowest label of the outputs, from the document. */
  readonly label: Label | undefined;
  readonly hasStreamInput: boolean;
}

/** An input of a node. */
export interface PlanInput {
  readonly name: string;
  readonly port: Port;
  /** Edges into this input in document order, without the loop edge. */
  readonly edges: readonly number[];
  /** The loop edge into this input; -1 for none (rule "Iterations"). */
  readonly loopEdge: number;
}

/** An output of a node. */
export interface PlanOutput {
  readonly name: string;
  readonly port: Port;
  /** Edges out of this output, loop edges included. */
  readonly edges: readonly number[];
}

/** An edge of a plan. */
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
  /** The outermost region that the edge leaves, -1 for none. The edge settles when that loop ends (rule "Held exits"). */
  readonly leaves: number;
  /** The innermost region that holds both ends, -1 for none. A reset of that region or of a region around it resets this edge (rule "Iterations"). */
  readonly inside: number;
  /** Whether the consumer reads it as a stream: a stream input, and both ends in the same regions (rule "Early start"). */
  readonly isStream: boolean;
}

/** A loop region of a plan (rule "Loop regions"). */
export interface LoopRegion {
  readonly index: number;
  readonly target: number;
  readonly source: number;
  readonly loopEdges: readonly number[];
  /** Every node on a path from target to source, including nodes of inner regions. */
  readonly nodes: readonly number[];
  /** Edges with both ends inside, including loop edges of this region and of inner regions. */
  readonly innerEdges: readonly number[];
  /** Edges whose `leaves` is this region: they settle when it ends (rule "Held exits"). */
  readonly exitEdges: readonly number[];
  /** The region around this one, -1 for none. */
  readonly parent: number;
  readonly children: readonly number[];
  readonly max: number;
  readonly atLimit: 'fail' | 'leave';
}

import type { Label } from '../labels/label.js';
import type { DataFlow } from '../ports/stores/versions.js';
import type { Ports } from '../types/port.js';
import type { Issue } from './issue.js';
import type { Plan, PlanInterface } from './plan.js';

/** The result of a compilation. `plan` is defined if no issue is an error. */
export interface CompileResult {
  readonly plan: Plan | undefined;
  readonly issues: readonly Issue[];
  /** The ports of each node, with dynamic ports and pass-through types. They exist even if there are errors. */
  readonly ports: ReadonlyMap<string, { readonly inputs: Ports; readonly outputs: Ports }>;
  readonly interface: PlanInterface;
  /** A lower bound for the label of each node's outputs, known before a run (rule "Plan facts"). A run can only raise it. */
  readonly labels: ReadonlyMap<string, Label>;
  /** The lowest label of each edge by edge id. It is below the label of the node if the node declassifies that output. */
  readonly edgeLabels: ReadonlyMap<string, Label>;
  /** Every outside destination that data can reach. */
  readonly dataMap: readonly DataFlow[];
}

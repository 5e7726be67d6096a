import {
  HeddleError,
  type GateOverride,
  type GateReport,
  type Principal,
  type StoredWorkflow,
  type TestReport,
  type VersionGate,
} from '@heddle/core';

/** A draft at the gate: exactly the content with this hash. */
export interface GatedDraft {
  readonly workflow: StoredWorkflow;
  /** SHA-256 of the canonical bundle, as its version will have it. */
  readonly hash: string;
  /** The report of the tests, if they have just run. */
  readonly tests?: TestReport | undefined;
}

/** Who passes the gate, and why, if the gate does not let them. */
export interface Passing {
  readonly caller: Principal;
  readonly override: GateOverride | undefined;
}

/** The rules that a draft passes before it becomes a version. It needs experiments and replays, which need publishing: so it is a port here. */
export interface PublishGate {
  /** What the rules say of a draft; nothing starts. Undefined where no rule is for the workflow. */
  report(draft: GatedDraft): Promise<GateReport | undefined>;
  /** How the version came through; undefined without a rule. Errors: `publish_gate_failed`; `forbidden` for an override without the right. */
  pass(draft: GatedDraft, passing: Passing): Promise<VersionGate | undefined>;
  /** A version that never came through the gate and that callers never got. Errors: as `pass`. */
  passVersion(workflow: StoredWorkflow, version: number, passing: Passing | undefined): Promise<void>;
}

/** Nothing is published while there is no gate: it fails closed. */
export const closedGate: PublishGate = {
  report: () => Promise.reject(notOpen()),
  pass: () => Promise.reject(notOpen()),
  passVersion: () => Promise.reject(notOpen()),
};

const notOpen = (): HeddleError => new HeddleError('internal', 'The gate of publishing is not set up.');

/** What an audit event says of versions that were published past the gate. */
export const overrideFacts = (
  gate: VersionGate | undefined,
): { readonly override?: { readonly reason: string; readonly failed: readonly string[] } } =>
  gate?.state === 'overridden'
    ? {
        override: {
          reason: gate.reason ?? '',
          failed: gate.rules.flatMap(({ rule, state }) => (state === 'passed' ? [] : [`${rule}: ${state}`])),
        },
      }
    : {};

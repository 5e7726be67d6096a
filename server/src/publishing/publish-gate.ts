import {
  HeddleError,
  type GateOverride,
  type GateReport,
  type Principal,
  type StoredWorkflow,
  type TestReport,
  type VersionGate,
} from '@heddle/core';

/** A draft at the gate. The gate judges exactly the content with this hash. */
export interface GatedDraft {
  readonly workflow: StoredWorkflow;
  /** SHA-256 of the canonical bundle; the version will have the same hash. */
  readonly hash: string;
  /** The report of the tests, if they have just run. */
  readonly tests?: TestReport | undefined;
}

/** The caller who publishes, and the reason if they override the gate. */
export interface Passing {
  readonly caller: Principal;
  readonly override: GateOverride | undefined;
}

/**
 * The rules that a draft must pass to become a version. The gate uses experiments and replays, which use publishing, so publishing knows it
 * only as an interface.
 */
export interface PublishGate {
  /** Judges a draft by what is already measured; starts nothing. Undefined if the workflow has no rule. */
  report(draft: GatedDraft): Promise<GateReport | undefined>;
  /**
   * Gives how the version passed; undefined if the workflow has no rule. Errors: `publish_gate_failed`; `forbidden` for an override without
   * the right.
   */
  pass(draft: GatedDraft, passing: Passing): Promise<VersionGate | undefined>;
  /** Checks a version that never passed the gate and never served callers. Errors: as `pass`. */
  passVersion(workflow: StoredWorkflow, version: number, passing: Passing | undefined): Promise<void>;
}

/** Refuses everything until the gate is set up: publishing fails closed. */
export const closedGate: PublishGate = {
  report: () => Promise.reject(notOpen()),
  pass: () => Promise.reject(notOpen()),
  passVersion: () => Promise.reject(notOpen()),
};

const notOpen = (): HeddleError => new HeddleError('internal', 'The gate of publishing is not set up.');

/** The facts in an audit event about versions that were published in spite of the gate. */
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

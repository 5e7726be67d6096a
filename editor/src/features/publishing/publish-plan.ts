import {
  slugOf,
  TestReport,
  type GateReport,
  type LabelLevel,
  type PublishCheck,
  type PublishRequest,
} from '@heddle/core';
import { z } from 'zod';
import { toApiError } from '../../data/http/http.js';

/** Which callers get the new version. */
export type Rollout = 'all' | 'share' | 'nobody';

/** The choices in the publish dialog. */
export interface PublishChoice {
  /** The slug; undefined until the user changes it. */
  readonly slug: string | undefined;
  readonly note: string;
  readonly isMapAccepted: boolean;
  readonly replyClearance: LabelLevel;
  readonly rollout: Rollout;
  /** The percentage of callers that get the version first. */
  readonly share: number;
  /** The percentage of failed runs above which the canary stops. */
  readonly maxErrors: number;
  /** The mean run time in milliseconds above which the canary stops; undefined for no limit. */
  readonly maxMeanMs: number | undefined;
  /** The reason to publish although the gate fails; undefined if the gate is to decide. */
  readonly override: string | undefined;
}

export const firstChoice: PublishChoice = {
  slug: undefined,
  note: '',
  isMapAccepted: false,
  replyClearance: 'internal',
  rollout: 'all',
  share: 10,
  maxErrors: 5,
  maxMeanMs: undefined,
  override: undefined,
};

/** Why the draft cannot be published now; undefined if it can. */
export function obstacleOf(
  check: PublishCheck,
  tests: TestReport | undefined,
  { isMapAccepted, rollout, share, maxMeanMs, override }: PublishChoice,
): string | undefined {
  const errors = check.issues.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) return errors === 1 ? 'Fix the issue first.' : `Fix the ${errors} issues first.`;
  if (!check.isChanged) return 'There are no changes since the live version.';
  if (tests !== undefined && tests.failed > 0)
    return tests.failed === 1 ? 'A test failed.' : `${tests.failed} tests failed.`;
  if (!passesGate(check.gate)) {
    if (override === undefined) return 'The gate does not pass.';
    if (override.trim().length < shortestReason) return 'Say why it is published past the gate.';
  }
  if (!check.isDataMapAccepted && !isMapAccepted) return 'Accept the data flows.';
  if (rollout === 'share' && !(share >= 1 && share <= 100)) return 'Enter a share from 1 to 100 percent.';
  if (rollout === 'share' && maxMeanMs !== undefined && !(maxMeanMs > 0))
    return 'Enter a time above 0 ms, or leave it empty.';
  return undefined;
}

/** The shortest reason that the server accepts. */
const shortestReason = 5;

/** Whether the gate lets the draft pass. Tests without a result do not matter here, because publishing runs them itself. */
export const passesGate = (gate: GateReport | undefined): boolean =>
  gate === undefined ||
  gate.rules.every(
    ({ state, kind }) => state === 'passed' || (kind === 'tests' && (state === 'not-run' || state === 'stale')),
  );

/**
 * The slug that is proposed for the first version. A slug from the time when the workflow had no name is replaced by one made from the
 * name.
 */
export function firstSlug(slug: string, name: string): string {
  return /^new-workflow(?:-\d+)?$/.test(slug) ? slugOf(name) : slug;
}

/** The publish request. It accepts the data map by its hash, and sets the slug of a first version. */
export function publishRequest(check: PublishCheck, choice: PublishChoice, slug?: string): PublishRequest {
  const { note, replyClearance, rollout, share, maxErrors, maxMeanMs, override } = choice;
  const latency = maxMeanMs === undefined ? {} : { maxMeanMs };
  return {
    note: note.trim(),
    slug,
    acceptDataMap: check.dataMapHash,
    replyClearance,
    goLive: rollout !== 'nobody',
    ...(override === undefined || passesGate(check.gate) ? {} : { overrideGate: { reason: override.trim() } }),
    ...(rollout === 'share' ? { canary: { share: share / 100, maxErrorRate: maxErrors / 100, ...latency } } : {}),
  };
}

const FailedTests = z.object({ tests: TestReport });

/** The report of the tests that prevented publishing; undefined if something else did. */
export function failedTests(error: unknown): TestReport | undefined {
  const { code, details } = toApiError(error);
  return code === 'tests_failed' ? FailedTests.safeParse(details).data?.tests : undefined;
}

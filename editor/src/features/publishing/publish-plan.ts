import { slugOf, TestReport, type LabelLevel, type PublishCheck, type PublishRequest } from '@heddle/core';
import { z } from 'zod';
import { toApiError } from '../../data/http/http.js';

/** The rollout of the new version. */
export type Rollout = 'all' | 'share' | 'nobody';

/** The choices in the publish dialog. */
export interface PublishChoice {
  /** The slug; undefined while none is chosen. */
  readonly slug: string | undefined;
  readonly note: string;
  readonly isMapAccepted: boolean;
  readonly replyClearance: LabelLevel;
  readonly rollout: Rollout;
  /** Percent of callers that get it first. */
  readonly share: number;
  /** Percent of failed runs above which the canary stops. */
  readonly maxErrors: number;
  /** Mean run time in milliseconds above which the canary stops; undefined for no limit. */
  readonly maxMeanMs: number | undefined;
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
};

/** Why the draft cannot be published now, as text; undefined where it can. */
export function obstacleOf(
  check: PublishCheck,
  tests: TestReport | undefined,
  { isMapAccepted, rollout, share, maxMeanMs }: PublishChoice,
): string | undefined {
  const errors = check.issues.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) return errors === 1 ? 'Fix the issue first.' : `Fix the ${errors} issues first.`;
  if (!check.isChanged) return 'There are no changes since the live version.';
  if (tests !== undefined && tests.failed > 0)
    return tests.failed === 1 ? 'A test failed.' : `${tests.failed} tests failed.`;
  if (!check.isDataMapAccepted && !isMapAccepted) return 'Accept the data flows.';
  if (rollout === 'share' && !(share >= 1 && share <= 100)) return 'Enter a share from 1 to 100 percent.';
  if (rollout === 'share' && maxMeanMs !== undefined && !(maxMeanMs > 0))
    return 'Enter a time above 0 ms, or leave it empty.';
  return undefined;
}

/** The default slug of a first version: a slug from before the workflow had a name is replaced by one from the name. */
export function firstSlug(slug: string, name: string): string {
  return /^new-workflow(?:-\d+)?$/.test(slug) ? slugOf(name) : slug;
}

/** The publish request: the accepted data map by its hash, and the slug of a first version. */
export function publishRequest(check: PublishCheck, choice: PublishChoice, slug?: string): PublishRequest {
  const { note, replyClearance, rollout, share, maxErrors, maxMeanMs } = choice;
  const latency = maxMeanMs === undefined ? {} : { maxMeanMs };
  return {
    note: note.trim(),
    slug,
    acceptDataMap: check.dataMapHash,
    replyClearance,
    goLive: rollout !== 'nobody',
    ...(rollout === 'share' ? { canary: { share: share / 100, maxErrorRate: maxErrors / 100, ...latency } } : {}),
  };
}

const FailedTests = z.object({ tests: TestReport });

/** The report of the tests that blocked a version; undefined where another check did. */
export function failedTests(error: unknown): TestReport | undefined {
  const { code, details } = toApiError(error);
  return code === 'tests_failed' ? FailedTests.safeParse(details).data?.tests : undefined;
}

import { slugOf, TestReport, type LabelLevel, type PublishCheck, type PublishRequest } from '@heddle/core';
import { z } from 'zod';
import { toApiError } from '../api/http.js';

/** Who gets the new version. */
export type Rollout = 'all' | 'share' | 'nobody';

/** What a person chose in the publish dialog. */
export interface PublishChoice {
  /** What callers name it by; undefined while nobody chose. */
  readonly slug: string | undefined;
  readonly note: string;
  readonly isMapAccepted: boolean;
  readonly replyCeiling: LabelLevel;
  readonly rollout: Rollout;
  /** Percent of the callers that get it first. */
  readonly share: number;
  /** Percent of failed runs above which it is taken back. */
  readonly maxErrors: number;
  /** Milliseconds that its runs take on average above which it is taken back; undefined for no limit. */
  readonly maxMeanMs: number | undefined;
}

export const firstChoice: PublishChoice = {
  slug: undefined,
  note: '',
  isMapAccepted: false,
  replyCeiling: 'internal',
  rollout: 'all',
  share: 10,
  maxErrors: 5,
  maxMeanMs: undefined,
};

/** Why the draft cannot be published now, in words; undefined where it can. */
export function obstacleOf(
  check: PublishCheck,
  tests: TestReport | undefined,
  { isMapAccepted, rollout, share, maxMeanMs }: PublishChoice,
): string | undefined {
  const errors = check.issues.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) return errors === 1 ? 'Solve the issue first.' : `Solve the ${errors} issues first.`;
  if (!check.isChanged) return 'Nothing differs from the live version.';
  if (tests !== undefined && tests.failed > 0)
    return tests.failed === 1 ? 'A test fails.' : `${tests.failed} tests fail.`;
  if (!check.isDataMapAccepted && !isMapAccepted) return 'Say that the data may go where the map says.';
  if (rollout === 'share' && !(share >= 1 && share <= 100)) return 'The share is between 1 and 100 percent.';
  if (rollout === 'share' && maxMeanMs !== undefined && !(maxMeanMs > 0)) return 'The time is above 0 ms, or left out.';
  return undefined;
}

/** The slug that a first version gets where nobody chose: one that was made before the workflow had a name gives way to the name. */
export function firstSlug(slug: string, name: string): string {
  return /^new-workflow(?:-\d+)?$/.test(slug) ? slugOf(name) : slug;
}

/** What is sent: the map that was read, by its hash; and the slug of a first version. */
export function publishRequest(check: PublishCheck, choice: PublishChoice, slug?: string): PublishRequest {
  const { note, replyCeiling, rollout, share, maxErrors, maxMeanMs } = choice;
  const latency = maxMeanMs === undefined ? {} : { maxMeanMs };
  return {
    note: note.trim(),
    ...(slug === undefined ? {} : { slug }),
    acceptDataMap: check.dataMapHash,
    replyCeiling,
    goLive: rollout !== 'nobody',
    ...(rollout === 'share' ? { canary: { share: share / 100, maxErrorRate: maxErrors / 100, ...latency } } : {}),
  };
}

const FailedTests = z.object({ tests: TestReport });

/** The report of the tests that kept a version back; undefined where something else did. */
export function failedTests(error: unknown): TestReport | undefined {
  const { code, details } = toApiError(error);
  return code === 'tests_failed' ? FailedTests.safeParse(details).data?.tests : undefined;
}

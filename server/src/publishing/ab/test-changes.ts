import {
  armsProblem,
  firstSlices,
  HeddleError,
  moveShares,
  type AbArm,
  type AbGuard,
  type AbOutcome,
  type AbTest,
  type CanaryRequest,
  type LiveChange,
  type LivePointer,
  type LiveTest,
} from '@heddle/core';
import { randomUUID } from 'node:crypto';

const defaultErrorRate = 0.1;

/** The user or key that changes a test, and the time. */
export interface ChangedBy {
  readonly at: number;
  readonly who: string;
}

type NewTest = Pick<
  AbTest,
  'kind' | 'workflowId' | 'control' | 'arms' | 'sticky' | 'primary' | 'guards' | 'minRuns' | 'promote' | 'note'
>;

/** Begins a test. Each test has its own salt, so that the arms of a caller do not depend on earlier tests. Errors: `bad_request`. */
export function beginTest(given: NewTest, { at, who }: ChangedBy): LiveChange & { readonly test: AbTest } {
  checkArms(given.arms);
  const id = `ab_${randomUUID()}`;
  const test: AbTest = { ...given, id, revision: 0, startedAt: at, startedBy: who, rollbacks: [] };
  const slices = [...firstSlices(test.arms, test.control)];
  const live = { version: test.control, test: { id, kind: test.kind, sticky: test.sticky, salt: id, slices } };
  return { live, at, who, test };
}

/** Changes the shares of a running test; its arms stay. Errors: `bad_request`. */
export function withShares(
  test: AbTest,
  live: LiveTest,
  arms: readonly AbArm[],
  { at, who }: ChangedBy,
): LiveChange & { readonly test: AbTest } {
  checkArms(arms);
  const isSame =
    arms.length === test.arms.length && test.arms.every(({ version }) => arms.some((arm) => arm.version === version));
  if (!isSame)
    throw new HeddleError(
      'bad_request',
      `The arms of this test are the versions ${test.arms.map(({ version }) => version).join(', ')}: give each of them its share.`,
    );
  const lost = test.rollbacks.find(({ version }) => arms.some((arm) => arm.version === version && arm.share > 0));
  if (lost !== undefined)
    throw new HeddleError('bad_request', `Version ${lost.version} was rolled back by a guard: it stays at 0 %.`);
  const ordered = test.arms.map(({ version }) => ({
    version,
    share: arms.find((arm) => arm.version === version)?.share ?? 0,
  }));
  const pointer = { version: test.control, test: { ...live, slices: [...moveShares(live.slices, ordered)] } };
  return { live: pointer, at, who, test: { ...test, arms: ordered } };
}

/** Ends a test. All callers get the winner; without a winner, the control. */
export function endTest(
  test: AbTest,
  outcome: AbOutcome,
  { at, who }: ChangedBy,
  winner?: number,
): LiveChange & { readonly test: AbTest } {
  const ended = { ...test, endedAt: at, endedBy: who, outcome, winner };
  return { live: { version: winner ?? test.control }, at, who, test: ended };
}

/** Sets the share of arms that broke a guard to 0 and gives their callers to the control. Ends the test if only the control is left. */
export function rollBack(
  test: AbTest,
  live: LiveTest,
  broken: readonly { readonly version: number; readonly reason: string }[],
  by: ChangedBy,
): LiveChange & { readonly test: AbTest } {
  const isBroken = (version: number): boolean => broken.some((one) => one.version === version);
  const freed = test.arms.reduce((sum, { version, share }) => (isBroken(version) ? sum + share : sum), 0);
  const arms = test.arms.map(({ version, share }) => ({
    version,
    share: isBroken(version) ? 0 : round(version === test.control ? share + freed : share),
  }));
  const rollbacks = [...test.rollbacks, ...broken.map((one) => ({ ...one, at: by.at }))];
  const isOver = arms.every(({ version, share }) => version === test.control || share === 0);
  if (isOver) return endTest({ ...test, arms, rollbacks }, 'rolled-back', by);
  return withShares({ ...test, rollbacks }, live, arms, by);
}

/**
 * Begins a canary: a test with two arms, guards and no primary metric. The same canary with another share keeps its figures. Errors:
 * `bad_request`.
 */
export function beginCanary(
  workflowId: string,
  canary: CanaryRequest,
  before: { readonly live: LivePointer; readonly test: AbTest | undefined },
  by: ChangedBy,
): LiveChange {
  const { live, test } = before;
  if (canary.version === live.version)
    throw new HeddleError(
      'bad_request',
      `Version ${live.version} is live already: choose another version for the canary.`,
    );
  const control = live.version;
  const arms = [
    { version: control, share: round(1 - canary.share) },
    { version: canary.version, share: round(canary.share) },
  ];
  const guards = guardsOf(canary);
  const minRuns = canary.minRuns ?? 20;
  const isSame =
    test?.kind === 'canary' &&
    test.control === control &&
    test.arms.some(({ version }) => version === canary.version) &&
    test.minRuns === minRuns &&
    JSON.stringify(test.guards) === JSON.stringify(guards);
  if (isSame && live.test?.id === test.id) return withShares(test, live.test, arms, by);
  const rules = { sticky: 'caller', primary: undefined, guards, minRuns, promote: 'person', note: '' } as const;
  return beginTest({ ...rules, guards, kind: 'canary', workflowId, control, arms }, by);
}

function guardsOf({ maxErrorRate = defaultErrorRate, maxMeanMs }: CanaryRequest): AbGuard[] {
  return [
    { metric: { name: 'errors' }, against: 'limit', value: maxErrorRate },
    ...(maxMeanMs === undefined
      ? []
      : [{ metric: { name: 'ms' }, against: 'limit', value: Math.min(maxMeanMs, 1e9) } as const]),
  ];
}

function checkArms(arms: readonly AbArm[]): void {
  const problem = armsProblem(arms);
  if (problem !== undefined) throw new HeddleError('bad_request', problem);
}

/** Rounds a share to four decimals, the step of shares. */
const round = (share: number): number => Math.round(share * 10_000) / 10_000;

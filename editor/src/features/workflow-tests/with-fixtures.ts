import { canonicalJson, type LabelledValue, type RunFixturesReply, type WorkflowTest } from '@heddle/core';

type Fixtures = RunFixturesReply['fixtures'];

/** Whether there is a result of a node, at the top or inside of another one. */
export const recordedIn = (fixtures: Fixtures, node: string): boolean =>
  Object.keys(fixtures).some((location) => location === node || location.endsWith(`/${node}`));

/** The test with results that it does not have yet; those that it has stay. */
export const withFixtures = (test: WorkflowTest, fixtures: Fixtures): WorkflowTest => ({
  ...test,
  fixtures: { ...fixtures, ...test.fixtures },
});

/** Whether a run had the inputs of a test. */
export function hasSameInputs({ inputs }: WorkflowTest, given: Readonly<Record<string, LabelledValue>>): boolean {
  const values = Object.fromEntries(
    Object.entries(given).flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]])),
  );
  return canonicalJson(inputs) === canonicalJson(values);
}

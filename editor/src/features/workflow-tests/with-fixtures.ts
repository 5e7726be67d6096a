import { canonicalJson, type LabelledValue, type RunFixturesReply, type WorkflowTest } from '@heddle/core';

type Fixtures = RunFixturesReply['fixtures'];

/** Whether there is a recorded result of a node, on the top level or inside another node. */
export const recordedIn = (fixtures: Fixtures, node: string): boolean =>
  Object.keys(fixtures).some((path) => path === node || path.endsWith(`/${node}`));

/** Adds recorded results to a test. Results that the test already has are kept. */
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

/** Under this symbol a spec file leaves, on the global object, how to describe what a failed test met. */
export const failureKey = Symbol.for('heddle.onTestFailure');

/** Adds what `describe` tells, such as what a browser shows, to the error of each test of this spec file that fails. */
export function onTestFailure(describe) {
  globalThis[failureKey] = describe;
}

/** The test environment calls it when a test has failed, before its `afterEach`. */
export async function describeFailure(error) {
  const describe = globalThis[failureKey];
  if (describe === undefined || !(error instanceof Error)) return;
  // Jest prints the stack, which begins with the message as it was at first.
  error.stack = `${error.stack}\n\n${await describe().catch((reason) => `The test could not be described: ${reason}`)}`;
}

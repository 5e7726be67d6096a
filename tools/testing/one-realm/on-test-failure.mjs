/** The key on the global object under which a spec file stores the function that describes a failure. */
export const failureKey = Symbol.for('heddle.onTestFailure');

/** Adds the text of `describe`, such as what a browser shows, to the error of each failed test of this spec file. */
export function onTestFailure(describe) {
  globalThis[failureKey] = describe;
}

/** Called by the test environment when a test has failed, before its `afterEach`. */
export async function describeFailure(error) {
  const describe = globalThis[failureKey];
  if (describe === undefined || !(error instanceof Error)) return;
  // Jest prints the stack, which contains the original message, so the text is added there.
  error.stack = `${error.stack}\n\n${await describe().catch((reason) => `The test could not be described: ${reason}`)}`;
}

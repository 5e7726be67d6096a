/** A conformance test for any test runner; it throws when it fails. */
export interface SuiteCase<Subject> {
  readonly name: string;
  run(subject: Subject): Promise<void>;
}

/** Throws if a condition is false. Suites use it instead of a test runner's assertions. */
export function check(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(message);
}

/** Throws if the JSON of two values differs. */
export function checkEqual(actual: unknown, expected: unknown, message: string): void {
  const left = stable(actual);
  const right = stable(expected);
  if (left !== right) throw new Error(`${message}\n  expected ${right}\n  received ${left}`);
}

/** Throws unless a promise rejects with a HeddleError that has this code. */
export async function checkRejects(promise: Promise<unknown>, code: string): Promise<void> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === code) return;
    throw new Error(`Expected an error with code '${code}', received ${String(error)}`, { cause: error });
  }
  throw new Error(`Expected an error with code '${code}', but nothing was thrown`);
}

function stable(value: unknown): string {
  return (
    JSON.stringify(value, (_key, entry: unknown) =>
      typeof entry === 'object' && entry !== null && !Array.isArray(entry)
        ? Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)))
        : entry,
    ) ?? 'undefined'
  );
}

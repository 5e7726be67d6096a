/** Files of a Jest report in which something failed, also those that could not be loaded. */
export const failedFiles = (report) =>
  report.testResults.filter(({ status }) => status === 'failed').map(({ name }) => name);

/**
 * What a run of the tests comes to. Where `second` is given it is the report of a second, lone run of the files that failed in the first: what passes in it
 * counts as passed and is named as unsteady; what fails in it, or is not in it, has failed.
 *
 * @example judgeReports(first, second) // { passed: 3088, failed: 0, skipped: [], unsteady: ['canvas opens'] }
 */
export function judgeReports(first, second) {
  const again = new Map(second?.testResults.map((file) => [file.name, file]));
  const files = first.testResults.map((file) => again.get(file.name) ?? file);
  const tests = files.flatMap((file) => file.assertionResults);
  const isBroken = (file) =>
    file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed');
  const passedNow = new Set(tests.filter(({ status }) => status === 'passed').map(({ fullName }) => fullName));
  const broken = files.filter(isBroken);
  return {
    passed: tests.filter(({ status }) => status === 'passed').length,
    failed: tests.filter(({ status }) => status === 'failed').length + broken.length,
    skipped: tests.filter(({ status }) => status === 'pending' || status === 'todo').map(({ fullName }) => fullName),
    unsteady: first.testResults
      .filter(({ name }) => again.has(name))
      .flatMap((file) =>
        isBroken(file) && again.get(file.name).status === 'passed'
          ? [file.name]
          : file.assertionResults
              .filter(({ status, fullName }) => status === 'failed' && passedNow.has(fullName))
              .map(({ fullName }) => fullName),
      ),
  };
}

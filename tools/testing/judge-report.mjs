/**
 * What a run of the tests comes to, from Jest's report. A spec file that could not be loaded counts as a failed test.
 *
 * @example judgeReport(report) // { passed: 3088, failed: 0, skipped: [] }
 */
export function judgeReport(report) {
  const tests = report.testResults.flatMap((file) => file.assertionResults);
  const withStatus = (...wanted) => tests.filter(({ status }) => wanted.includes(status));
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every(({ status }) => status !== 'failed'),
  );
  return {
    passed: withStatus('passed').length,
    failed: withStatus('failed').length + broken.length,
    skipped: withStatus('pending', 'todo').map(({ fullName }) => fullName),
  };
}

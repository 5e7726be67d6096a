/** The part of Jest's JSON report that is looked at. */
interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}
export function failedFiles(report: Report): string[];
export function judgeReports(
  first: Report,
  second: Report | undefined,
): { passed: number; failed: number; skipped: string[]; unsteady: string[] };

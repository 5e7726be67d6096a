/** The part of Jest's JSON report that is read. */
interface Report {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}
export function judgeReport(report: Report): { passed: number; failed: number; skipped: string[] };

import type { Issue } from './issue.js';

/** Most issues in a reply. */
const mostIssues = 1_000;

type IssueText = Omit<Issue, 'severity'>;

/** Collects all issues of a compilation: up to a thousand of them, and the number of the rest. */
export class IssueList {
  private readonly kept: Issue[] = [];
  private errors = 0;
  /** Number of warnings in `kept`. */
  private warnings = 0;
  private left = 0;

  /** An issue whose message is expensive can be a function, which is called only if the issue is kept. */
  error(issue: IssueText | (() => IssueText)): void {
    this.errors += 1;
    this.add('error', issue);
  }

  warning(issue: IssueText): void {
    this.add('warning', issue);
  }

  get all(): readonly Issue[] {
    if (this.left === 0) return this.kept;
    const further = this.left === 1 ? 'is 1 further issue' : `are ${this.left.toLocaleString('en')} further issues`;
    const message = `There ${further}: solve the others first.`;
    return [...this.kept, { code: 'issues-left-out', severity: this.hasErrors ? 'error' : 'warning', message }];
  }

  get hasErrors(): boolean {
    return this.errors > 0;
  }

  private add(severity: Issue['severity'], issue: IssueText | (() => IssueText)): void {
    const isError = severity === 'error';
    if (this.kept.length >= mostIssues) {
      this.left += 1;
      // An error replaces a warning, because an error prevents the workflow from running.
      if (!isError || this.warnings === 0) return;
      this.kept.splice(
        this.kept.findLastIndex((known) => known.severity === 'warning'),
        1,
      );
      this.warnings -= 1;
    }
    this.kept.push({ severity, ...(typeof issue === 'function' ? issue() : issue) });
    if (!isError) this.warnings += 1;
  }
}

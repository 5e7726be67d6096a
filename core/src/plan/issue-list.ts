import type { Issue } from './issue.js';

/** What a person can take in, and a reply should hold. */
const mostIssues = 1_000;

type Words = Omit<Issue, 'severity'>;

/** Collects issues, so that a person sees everything at once: a thousand of them, and how many more there are. */
export class IssueList {
  private readonly kept: Issue[] = [];
  private errors = 0;
  /** Warnings among those that are kept. */
  private warnings = 0;
  private left = 0;

  /** One whose words are work to find is given as a function: it is called where there is room for it. */
  error(issue: Words | (() => Words)): void {
    this.errors += 1;
    this.add('error', issue);
  }

  warning(issue: Words): void {
    this.add('warning', issue);
  }

  get all(): readonly Issue[] {
    if (this.left === 0) return this.kept;
    const further = this.left === 1 ? 'is 1 further issue' : `are ${this.left.toLocaleString('en')} further issues`;
    const message = `There ${further}: solve these first.`;
    return [...this.kept, { code: 'issues-left-out', severity: this.hasErrors ? 'error' : 'warning', message }];
  }

  get hasErrors(): boolean {
    return this.errors > 0;
  }

  private add(severity: Issue['severity'], issue: Words | (() => Words)): void {
    const isError = severity === 'error';
    if (this.kept.length >= mostIssues) {
      this.left += 1;
      // An error takes the place of a warning: it is what keeps the workflow from running.
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

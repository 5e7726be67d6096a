import type { Issue } from './issue.js';

/** Collects issues; all of them, so that a person sees everything at once. */
export class IssueList {
  readonly all: Issue[] = [];

  error(issue: Omit<Issue, 'severity'>): void {
    this.all.push({ severity: 'error', ...issue });
  }

  warning(issue: Omit<Issue, 'severity'>): void {
    this.all.push({ severity: 'warning', ...issue });
  }

  get hasErrors(): boolean {
    return this.all.some((issue) => issue.severity === 'error');
  }
}

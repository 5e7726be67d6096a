import type { EvaluationSubject, Journal } from '@heddle/core';
import { subjectOfRun } from './subject-of-run.js';

/** Collects what evaluators judge. */
export class SubjectService {
  constructor(private readonly journal: Pick<Journal, 'summary' | 'acceptance' | 'events' | 'bundle'>) {}

  /** Errors: `run_not_found`, `run_unfinished`, `conflict` if the values of the run were removed. */
  ofRun(runId: string): Promise<EvaluationSubject> {
    return subjectOfRun(this.journal, runId);
  }
}

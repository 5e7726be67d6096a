import { z } from 'zod';
import { LabelLevel } from '../../labels/label.js';
import type { GuardedWrite } from '../database/guarded-write.js';

/** Kinds of subjects; see `subjectOf`. */
export const SubjectKind = z
  .enum(['user', 'end-user', 'visitor', 'key', 'service', 'schedule', 'webhook', 'batch', 'experiment', 'local'])
  .meta({ id: 'SubjectKind' });
export type SubjectKind = z.infer<typeof SubjectKind>;

/** How long a project keeps conversations after their last turn, and facts after they were written. The shortest rule that fits counts. */
export const RetentionRule = z
  .strictObject({
    /** Whose; without it, those of every subject. */
    subjects: SubjectKind.optional(),
    /** From which level on: `public` is every level. */
    level: LabelLevel.default('public'),
    days: z.int().min(1).max(36_500),
  })
  .meta({ id: 'RetentionRule' });
export type RetentionRule = z.infer<typeof RetentionRule>;

/** A rule of a project. */
export interface ProjectRetentionRule extends RetentionRule {
  readonly project: string;
}

/** The rules of projects. Errors: `storage_*`. */
export interface RetentionRules {
  /** The rules of one project, or of all. */
  list(project?: string): Promise<readonly ProjectRetentionRule[]>;
  /** Changes, for the operations that make them. */
  readonly write: {
    /** Replaces the rules of a project. Errors of the commit: `project_not_found`. */
    readonly set: (project: string, rules: readonly RetentionRule[]) => readonly GuardedWrite[];
  };
}

/** What a sweep is limited to: without it, everything. */
export type SweptAmong = Omit<ProjectRetentionRule, 'days'>;

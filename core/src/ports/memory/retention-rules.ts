import { z } from 'zod';
import { LabelLevel } from '../../labels/label.js';
import type { GuardedWrite } from '../database/guarded-write.js';

/** Kinds of subjects; see `subjectOf`. */
export const SubjectKind = z
  .enum(['user', 'end-user', 'visitor', 'key', 'service', 'schedule', 'webhook', 'batch', 'experiment', 'local'])
  .meta({ id: 'SubjectKind' });
export type SubjectKind = z.infer<typeof SubjectKind>;

/**
 * How long a project keeps conversations after their last turn, and facts after they were last written. If several rules match, the
 * shortest applies.
 */
export const RetentionRule = z
  .strictObject({
    /** The kind of subjects whose data the rule covers. Default: all subjects. */
    subjects: SubjectKind.optional(),
    /** The lowest level that the rule covers: `public` covers all. */
    level: LabelLevel.default('public'),
    days: z.int().min(1).max(36_500),
  })
  .meta({ id: 'RetentionRule' });
export type RetentionRule = z.infer<typeof RetentionRule>;

/** A rule of a project. */
export interface ProjectRetentionRule extends RetentionRule {
  readonly project: string;
}

/** The retention rules of projects. Errors: `storage_*`. */
export interface RetentionRules {
  list(project?: string): Promise<readonly ProjectRetentionRule[]>;
  readonly write: {
    /** Replaces the rules of a project. Errors of the commit: `project_not_found`. */
    readonly set: (project: string, rules: readonly RetentionRule[]) => readonly GuardedWrite[];
  };
}

/** Limits what a sweep erases; without it, a sweep covers everything. */
export type SweptAmong = Omit<ProjectRetentionRule, 'days'>;

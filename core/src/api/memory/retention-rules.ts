import { z } from 'zod';
import { withReadOnly } from '../read-only.js';
import { RetentionRule } from '../../ports/memory/retention-rules.js';
import { lazyObject } from '../../values/lazy-object.js';

/** Reply of `GET /api/projects/:id/retention`. */
export const RetentionRulesReply = lazyObject(() => ({
  rules: z.array(RetentionRule),
  /**
   * The days set for the installation (`HEDDLE_KEEP_CONVERSATIONS_DAYS`), the maximum for all rules; missing if conversations are kept for
   * ever.
   */
  most: z.int().positive().optional(),
})).meta({ id: 'RetentionRulesReply' });
export type RetentionRulesReply = z.infer<typeof RetentionRulesReply>;

const SetRetentionRules = z.strictObject({
  rules: z
    .array(RetentionRule)
    .max(50)
    .refine((rules) => new Set(rules.map(({ subjects = '', level }) => `${subjects} ${level}`)).size === rules.length, {
      error: 'Two rules are for the same subjects and the same label: keep one',
    }),
});

/** Body of `PUT /api/projects/:id/retention`. */
export const RetentionRulesRequest = withReadOnly(SetRetentionRules, RetentionRulesReply).meta({
  id: 'RetentionRulesRequest',
});
export type RetentionRulesRequest = z.infer<typeof RetentionRulesRequest>;

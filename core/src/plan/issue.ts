import { z } from 'zod';

/** Codes of compile issues. They are stable: the editor and scripts depend on them. */
const issueCodes = [
  'forbidden-name',
  'bad-node-id',
  'unknown-node-type',
  'node-version-newer',
  'node-version-unmigratable',
  'config-invalid',
  'edge-malformed',
  'edge-dangling',
  'edge-doubled',
  'port-unknown',
  'input-former',
  'input-missing',
  'input-doubled',
  'type-mismatch',
  'cycle-unmarked',
  'loop-not-closing',
  'loop-overlap',
  'loop-entry-doubled',
  'loop-settings-differ',
  'loop-exit-early',
  'loops-too-many',
  'join-any-required',
  'retry-unused',
  'run-limit-high',
  'node-unreached',
  'workflow-empty',
  'no-output',
  'workflow-missing',
  'workflow-invalid',
  'workflow-recursive',
  'interface-conflict',
  'interface-too-large',
  'reference-missing',
  'secret-host',
  'label-exceeds',
  'data-map-too-large',
  'issues-left-out',
] as const;

/** An error or a warning about a document, with its location and a fix. */
export const Issue = z
  .object({
    code: z.enum(issueCodes),
    severity: z.enum(['error', 'warning']),
    node: z.string().optional(),
    port: z.string().optional(),
    /** `from->to` of the edge. */
    edge: z.string().optional(),
    /** Config field as a dotted path; `run.…` for a run setting. */
    field: z.string().optional(),
    message: z.string(),
    fix: z.string().optional(),
  })
  .meta({ id: 'Issue' });
export type Issue = z.infer<typeof Issue>;

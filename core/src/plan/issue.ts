import { z } from 'zod';

/** Codes of compile issues; stable, so that editor and scripts can tell them apart. */
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

/** Something wrong or doubtful in a document, with its place and a way out. */
export const Issue = z
  .object({
    code: z.enum(issueCodes),
    severity: z.enum(['error', 'warning']),
    node: z.string().optional(),
    port: z.string().optional(),
    /** `from->to` of the edge. */
    edge: z.string().optional(),
    /** Dotted config field; `run.…` for how the node runs. */
    field: z.string().optional(),
    message: z.string(),
    fix: z.string().optional(),
  })
  .meta({ id: 'Issue' });
export type Issue = z.infer<typeof Issue>;

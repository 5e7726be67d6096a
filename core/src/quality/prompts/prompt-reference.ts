import { z } from 'zod';
import { lazyStrictObject } from '../../values/lazy-object.js';

/** The pattern of prompt names, by which nodes refer to prompts. */
export const promptNamePattern = /^[a-z][a-z0-9-]{0,63}$/;

/** The label that always points to the newest version. */
export const newestLabel = 'latest';

/** The pattern of labels that point to a version, such as `production`. */
export const promptLabelPattern = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * A reference from a node's field to a prompt of the library, which replaces the text. A draft follows the label. `version` and `hash` say
 * which version the text in the field came from; published versions and exports contain them.
 */
export const PromptReference = lazyStrictObject(() => ({
  prompt: z.string().regex(promptNamePattern),
  /** If missing, the reference stays at its version. */
  label: z.string().regex(promptLabelPattern).optional(),
  version: z.int().positive().optional(),
  /** `sha256:<hex>` of the content of the version. */
  hash: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .optional(),
})).meta({ id: 'PromptReference' });
export type PromptReference = z.infer<typeof PromptReference>;

/** Returns a reference in short form: `greeting@production` or `greeting@3`. */
export const promptReferenceText = ({ prompt, label, version }: PromptReference): string =>
  `${prompt}@${label ?? version ?? newestLabel}`;

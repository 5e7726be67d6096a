import { z } from 'zod';
import { lazyStrictObject } from '../../values/lazy-object.js';

/** The name of a prompt, with which nodes refer to it. */
export const promptNamePattern = /^[a-z][a-z0-9-]{0,63}$/;

/** The label that always points to the newest version. */
export const newestLabel = 'latest';

/** A label that points to a version, such as `production`. */
export const promptLabelPattern = /^[a-z][a-z0-9-]{0,39}$/;

/**
 * A prompt of the library in place of the text of a node's field. A draft follows the label. `version` and `hash` name what the text in the
 * field was taken from: published versions and exports have them.
 */
export const PromptReference = lazyStrictObject(() => ({
  prompt: z.string().regex(promptNamePattern),
  /** Missing: the reference stays at its version. */
  label: z.string().regex(promptLabelPattern).optional(),
  version: z.int().positive().optional(),
  /** `sha256:<hex>` of the content of the version. */
  hash: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/)
    .optional(),
})).meta({ id: 'PromptReference' });
export type PromptReference = z.infer<typeof PromptReference>;

/** A reference as people write it: `greeting@production` or `greeting@3`. */
export const promptReferenceText = ({ prompt, label, version }: PromptReference): string =>
  `${prompt}@${label ?? version ?? newestLabel}`;

import { z } from 'zod';
import { withReadOnly } from '../../api/read-only.js';
import { PromptContent, PromptVariable } from './prompt-content.js';
import { promptLabelPattern, promptNamePattern } from './prompt-reference.js';
import { lazyObject, lazyStrictObject } from '../../values/lazy-object.js';

/** The name of a prompt. */
export const PromptName = z.string().regex(promptNamePattern, {
  error: 'A name starts with a lower-case letter and has at most 64 lower-case letters, digits and -.',
});

/** A label that points to a version, such as `production`. */
export const PromptLabel = z.string().regex(promptLabelPattern, {
  error: 'A label starts with a lower-case letter and has at most 40 lower-case letters, digits and -.',
});

const Note = z.string().max(500);
const Owners = z.array(z.string().min(1).max(200)).max(20);

/** A prompt in a list. */
export const PromptInfo = lazyObject(() => ({
  id: z.string(),
  project: z.string(),
  name: PromptName,
  title: z.string(),
  kind: z.enum(['text', 'chat']),
  version: z.int().positive(),
  /** The version number of each label. */
  labels: z.record(z.string(), z.int().positive()),
  /**
   * The people responsible for the prompt, as `user:ID`. If there are any, only they and the owners of the project can move labels and
   * delete the prompt.
   */
  owners: z.array(z.string()),
  createdAt: z.number(),
  updatedAt: z.number(),
})).meta({ id: 'PromptInfo' });
export type PromptInfo = z.infer<typeof PromptInfo>;

/** A version of a prompt. It never changes. */
export const PromptVersion = lazyObject(() => ({
  version: z.int().positive(),
  /** `sha256:<hex>` of the content. */
  hash: z.string(),
  note: z.string(),
  /** Who created the version: `local`, `user:ID`, `key:ID`. */
  who: z.string(),
  createdAt: z.number(),
})).meta({ id: 'PromptVersion' });
export type PromptVersion = z.infer<typeof PromptVersion>;

/** A version with its content. */
export const PromptVersionReply = PromptVersion.extend({
  content: PromptContent,
  variables: z.array(PromptVariable),
}).meta({ id: 'PromptVersionReply' });
export type PromptVersionReply = z.infer<typeof PromptVersionReply>;

/** A use of a prompt: in a draft, or in a published version that callers get. */
export const PromptUse = lazyObject(() => ({
  workflow: z.string(),
  slug: z.string(),
  name: z.string(),
  /** The published version; missing for the draft. */
  published: z.int().positive().optional(),
  node: z.string(),
  field: z.string(),
  label: z.string().optional(),
  version: z.int().positive().optional(),
})).meta({ id: 'PromptUse' });
export type PromptUse = z.infer<typeof PromptUse>;

/** A prompt in a list, with the number of workflows that use it. */
export const ListedPrompt = PromptInfo.extend({ workflows: z.int().nonnegative() }).meta({ id: 'ListedPrompt' });
export type ListedPrompt = z.infer<typeof ListedPrompt>;

/** The prompts that the caller may read. */
export const PromptsReply = z.object({ prompts: z.array(ListedPrompt) }).meta({ id: 'PromptsReply' });
export type PromptsReply = z.infer<typeof PromptsReply>;

/** A prompt with its versions (newest first), the newest content, and its uses. */
export const PromptReply = PromptInfo.extend({
  versions: z.array(PromptVersion),
  newest: PromptVersionReply,
  uses: z.array(PromptUse),
}).meta({ id: 'PromptReply' });
export type PromptReply = z.infer<typeof PromptReply>;

/** A new prompt with its first version. */
export const CreatePromptRequest = lazyStrictObject(() => ({
  name: PromptName,
  title: z.string().trim().max(200).default(''),
  content: PromptContent,
  note: Note.default(''),
  owners: Owners.default([]),
})).meta({ id: 'CreatePromptRequest' });
export type CreatePromptRequest = z.infer<typeof CreatePromptRequest>;

/** A new version. */
export const SavePromptRequest = lazyStrictObject(() => ({
  content: PromptContent,
  note: Note.default(''),
  /** The version that the change is based on. If it is no longer the newest, the request fails with `conflict`. */
  base: z.int().positive().optional(),
  /** A label that will point to the new version. */
  label: PromptLabel.optional(),
})).meta({ id: 'SavePromptRequest' });
export type SavePromptRequest = z.infer<typeof SavePromptRequest>;

/** The result of a save. If nothing changed, no version is created. */
export const SavePromptReply = PromptVersion.extend({ isNew: z.boolean() }).meta({ id: 'SavePromptReply' });
export type SavePromptReply = z.infer<typeof SavePromptReply>;

/** Changes the description or owners of a prompt, not its content. */
export const ChangePromptRequest = withReadOnly(
  lazyStrictObject(() => ({ title: z.string().trim().max(200).optional(), owners: Owners.optional() })),
  PromptReply,
).meta({ id: 'ChangePromptRequest' });
export type ChangePromptRequest = z.infer<typeof ChangePromptRequest>;

/** The version that a label will point to. */
export const SetPromptLabelRequest = z
  .strictObject({ version: z.int().positive() })
  .meta({ id: 'SetPromptLabelRequest' });
export type SetPromptLabelRequest = z.infer<typeof SetPromptLabelRequest>;

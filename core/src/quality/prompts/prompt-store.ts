import type { GuardedWrite } from '../../ports/database/guarded-write.js';
import type { PromptContent } from './prompt-content.js';
import type { PromptReference } from './prompt-reference.js';
import type { PromptInfo, PromptVersion } from './prompt.js';

/** A new prompt. */
export interface NewPrompt {
  readonly project: string;
  readonly name: string;
  readonly title: string;
  readonly owners: readonly string[];
}

/** The author, note and label of a new version. */
export interface PromptWrite {
  readonly who: string;
  readonly note: string;
  /** The version that must still be the newest. Missing: any. */
  readonly base?: number | undefined;
  /** A label that will point to the new version. */
  readonly label?: string | undefined;
}

/** A version of a prompt with its content. */
export type StoredPromptVersion = PromptVersion & { readonly content: PromptContent };

/** Changes to a prompt that create no version; undefined keeps a value. */
interface PromptChange {
  readonly title?: string | undefined;
  readonly owners?: readonly string[] | undefined;
}

/**
 * Stores prompts with versions. A version never changes; a save creates the next one. Changes return writes: nothing is stored before their
 * commit, which fails with `conflict` if another operation was faster.
 */
export interface PromptStore {
  /** Errors of the commit: `conflict` if the project already has a prompt with this name. */
  create(
    prompt: NewPrompt,
    content: PromptContent,
    write: PromptWrite,
  ): { readonly prompt: PromptInfo; readonly hash: string; readonly writes: readonly GuardedWrite[] };
  list(): Promise<readonly PromptInfo[]>;
  /** Errors: `not_found`. */
  get(id: string): Promise<PromptInfo>;
  find(project: string, name: string): Promise<PromptInfo | undefined>;
  /** Newest first. Errors: `not_found`. */
  versions(id: string): Promise<readonly PromptVersion[]>;
  /** Errors: `not_found`, also for an unknown version. */
  version(id: string, version: number): Promise<StoredPromptVersion>;
  /** Resolves a reference to a version in a project; undefined if there is none. */
  resolve(project: string, reference: PromptReference): Promise<StoredPromptVersion | undefined>;
  /**
   * Creates no version if the content equals that of the newest. Errors: `not_found`, `conflict`; `bad_request` for a different kind or for
   * the label `latest`.
   */
  save(
    id: string,
    content: PromptContent,
    write: PromptWrite,
  ): Promise<{
    readonly version: PromptVersion & { readonly isNew: boolean };
    readonly writes: readonly GuardedWrite[];
  }>;
  /** Points a label to a version; undefined removes the label. Errors: `not_found`, also of the commit; `bad_request` for `latest`. */
  setLabel(id: string, label: string, version: number | undefined): Promise<readonly GuardedWrite[]>;
  change(prompt: PromptInfo, change: PromptChange): readonly GuardedWrite[];
  /** Deletes all versions. */
  delete(id: string): readonly GuardedWrite[];
}

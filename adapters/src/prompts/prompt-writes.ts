import { hash } from 'node:crypto';
import {
  canonicalJson,
  HeddleError,
  type GuardedWrite,
  type PromptContent,
  type PromptInfo,
  type PromptVersion,
} from '@heddle/core';

/** The hash of a prompt's content. */
export const hashOfPrompt = (content: PromptContent): string => `sha256:${hash('sha256', canonicalJson(content))}`;

export const promptNotFound = (id: string): HeddleError => new HeddleError('not_found', `There is no prompt '${id}'.`);

/** Errors of the commit: `conflict` if the project has a prompt of that name. */
export const insertPrompt = ({ id, project, name, title, kind, owners, createdAt }: PromptInfo): GuardedWrite => ({
  sql: `INSERT INTO prompts (id, project, name, title, kind, owners, version, created_at, updated_at)
    VALUES (@id, @project, @name, @title, @kind, @owners, 1, @createdAt, @createdAt) ON CONFLICT DO NOTHING`,
  values: { id, project, name, title, kind, owners: JSON.stringify(owners), createdAt },
  rows: 1,
  otherwise: () =>
    new HeddleError('conflict', `The project has a prompt '${name}' already: choose another name.`, {
      details: { project, name },
    }),
});

/** Errors of the commit: `conflict` if the prompt already has this version. */
export const insertVersion = (
  id: string,
  { version, hash: contentHash, note, who, createdAt }: PromptVersion,
  content: PromptContent,
): GuardedWrite => ({
  sql: `INSERT INTO prompt_versions (prompt, version, hash, content, note, who, created_at)
    VALUES (@id, @version, @hash, @content, @note, @who, @createdAt) ON CONFLICT DO NOTHING`,
  values: { id, version, hash: contentHash, content: JSON.stringify(content), note, who, createdAt },
  rows: 1,
});

/** Increases the newest version by one. Errors of the commit: `conflict` if another version is the newest. */
export const advance = (id: string, version: number, now: number): GuardedWrite => ({
  sql: 'UPDATE prompts SET version = @version, updated_at = @now WHERE id = @id AND version = @before',
  values: { id, version, now, before: version - 1 },
  rows: 1,
});

/** Points a label to a version. Errors of the commit: `not_found`. */
export const setLabel = (id: string, label: string, version: number): GuardedWrite => ({
  sql: `INSERT INTO prompt_labels (prompt, label, version)
    SELECT prompt, @label, version FROM prompt_versions WHERE prompt = @id AND version = @version
    ON CONFLICT (prompt, label) DO UPDATE SET version = excluded.version`,
  values: { id, label, version },
  rows: 1,
  otherwise: () => promptNotFound(id),
});

export const removeLabel = (id: string, label: string): GuardedWrite => ({
  sql: 'DELETE FROM prompt_labels WHERE prompt = @id AND label = @label',
  values: { id, label },
});

/** Errors of the commit: `conflict` if the prompt was deleted, or its owners changed since it was read. */
export const changePrompt = (
  { id, owners: seen }: PromptInfo,
  { title, owners, now }: { readonly title: string | null; readonly owners: readonly string[]; readonly now: number },
): GuardedWrite => ({
  sql: 'UPDATE prompts SET title = coalesce(@title, title), owners = @owners, updated_at = @now WHERE id = @id AND owners = @seen',
  values: { id, title, owners: JSON.stringify(owners), now, seen: JSON.stringify(seen) },
  rows: 1,
});

export const removePrompt = (id: string): GuardedWrite => ({
  sql: 'DELETE FROM prompts WHERE id = @id',
  values: { id },
});

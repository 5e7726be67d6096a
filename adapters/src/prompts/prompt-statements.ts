import type { PromptVersion } from '@heddle/core';
import type { HeddleDatabase } from '../database/open-database.js';

/** A stored prompt. `labels` and `owners` are JSON. */
export interface PromptRow {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly title: string;
  readonly kind: 'text' | 'chat';
  readonly version: number;
  readonly labels: string;
  readonly owners: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A new row of a prompt. */
interface NewRow {
  readonly id: string;
  readonly project: string;
  readonly name: string;
  readonly title: string;
  readonly kind: string;
  readonly owners: string;
  readonly now: number;
}

/** A new row of a version. */
interface NewVersion extends Omit<PromptVersion, 'createdAt'> {
  readonly id: string;
  readonly content: string;
  readonly now: number;
}

const prompt = `SELECT id, project, name, title, kind, version, owners, created_at AS createdAt, updated_at AS updatedAt,
  (SELECT json_group_object(label, version) FROM prompt_labels WHERE prompt = prompts.id) AS labels FROM prompts`;
const version = 'version, hash, note, who, created_at AS createdAt';

interface Query<Parameters extends readonly unknown[], Result> {
  get(...parameters: Parameters): Result | undefined;
  all(...parameters: Parameters): Result[];
}

interface Command<Parameters extends readonly unknown[]> {
  run(...parameters: Parameters): { readonly changes: number };
}

/** The prepared statements of prompts. */
export interface PromptStatements {
  readonly byId: Query<[string], PromptRow>;
  readonly byName: Query<[string, string], PromptRow>;
  readonly all: Query<[], PromptRow>;
  readonly versions: Query<[string], PromptVersion>;
  readonly version: Query<[string, number], PromptVersion & { readonly content: string }>;
  readonly insert: Command<[NewRow]>;
  readonly insertVersion: Command<[NewVersion]>;
  readonly advance: Command<[number, number, string]>;
  readonly setLabel: Command<[string, string, number]>;
  readonly removeLabel: Command<[string, string]>;
  readonly change: Command<[string, string, number, string]>;
  readonly remove: Command<[string]>;
}

export const preparePrompts = ({ connection }: HeddleDatabase): PromptStatements => ({
  byId: connection.prepare<[string], PromptRow>(`${prompt} WHERE id = ?`),
  byName: connection.prepare<[string, string], PromptRow>(`${prompt} WHERE project = ? AND name = ?`),
  all: connection.prepare<[], PromptRow>(`${prompt} ORDER BY name, id`),
  versions: connection.prepare<[string], PromptVersion>(
    `SELECT ${version} FROM prompt_versions WHERE prompt = ? ORDER BY version DESC`,
  ),
  version: connection.prepare<[string, number], PromptVersion & { readonly content: string }>(
    `SELECT ${version}, content FROM prompt_versions WHERE prompt = ? AND version = ?`,
  ),
  insert: connection.prepare<[NewRow]>(
    `INSERT INTO prompts (id, project, name, title, kind, owners, version, created_at, updated_at)
      VALUES (@id, @project, @name, @title, @kind, @owners, 1, @now, @now)`,
  ),
  insertVersion: connection.prepare<[NewVersion]>(
    `INSERT INTO prompt_versions (prompt, version, hash, content, note, who, created_at)
      VALUES (@id, @version, @hash, @content, @note, @who, @now)`,
  ),
  advance: connection.prepare<[number, number, string]>('UPDATE prompts SET version = ?, updated_at = ? WHERE id = ?'),
  setLabel: connection.prepare<[string, string, number]>(
    'INSERT OR REPLACE INTO prompt_labels (prompt, label, version) VALUES (?, ?, ?)',
  ),
  removeLabel: connection.prepare<[string, string]>('DELETE FROM prompt_labels WHERE prompt = ? AND label = ?'),
  change: connection.prepare<[string, string, number, string]>(
    'UPDATE prompts SET title = ?, owners = ?, updated_at = ? WHERE id = ?',
  ),
  remove: connection.prepare<[string]>('DELETE FROM prompts WHERE id = ?'),
});

import { isPlainObject, type DocumentNode } from '@heddle/core';
import type { ComboboxItem } from '../../../ui/fields/Combobox.js';

/** The names of secrets that nodes use: the values under keys called `secret`. */
export function secretNames(nodes: Readonly<Record<string, DocumentNode>>): readonly string[] {
  const names = new Set<string>();
  const read = (value: unknown, depth: number): void => {
    if (depth > 6 || typeof value !== 'object' || value === null) return;
    for (const [key, entry] of Object.entries(value)) {
      if (key === 'secret' && typeof entry === 'string' && entry !== '') names.add(entry);
      else if (isPlainObject(entry) || Array.isArray(entry)) read(entry, depth + 1);
    }
  };
  for (const node of Object.values(nodes)) read(node.config, 0);
  return [...names].sort();
}

/**
 * The secrets to choose from: stored ones first, then names that the workflow uses. `stored` is undefined if the user may not list secrets.
 */
export function offeredSecrets(
  stored: readonly string[] | undefined,
  nodes: Readonly<Record<string, DocumentNode>>,
): readonly ComboboxItem[] {
  const set = [...(stored ?? [])].sort();
  const used = secretNames(nodes).filter((name) => !set.includes(name));
  return [
    ...set.map((name) => ({ value: name, title: name, detail: 'set for this project' })),
    ...used.map((name) => ({
      value: name,
      title: name,
      detail: stored === undefined ? 'used in this workflow' : 'used in this workflow, not set for this project',
    })),
  ];
}

/** Whether a text looks like the value of a secret instead of its name: long, with the characters of a key, or with a known prefix. */
export function isLikelySecret(text: string): boolean {
  const value = text.trim();
  return (
    /^(?:sk|pk|ghp|gho|xox[abp]|hf|key|bearer)[-_ ]/i.test(value) ||
    value.startsWith('eyJ') ||
    (value.length >= 24 && /\d/.test(value) && /[A-Z]/.test(value) && /[a-z]/.test(value)) ||
    /^[0-9a-f]{32,}$/i.test(value)
  );
}

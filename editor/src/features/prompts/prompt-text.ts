import { newestLabel, type PromptContent, type PromptInfo, type PromptUse, type PromptVariable } from '@heddle/core';

/** Empty content of a kind. */
export const emptyContent = (kind: PromptContent['kind']): PromptContent =>
  kind === 'text' ? { kind, text: '' } : { kind, messages: [{ role: 'user', content: '' }] };

/** The labels that point to a version. */
export const labelsOf = ({ labels }: Pick<PromptInfo, 'labels'>, version: number): readonly string[] =>
  Object.entries(labels).flatMap(([label, of]) => (of === version ? [label] : []));

/** The kind, newest version and labels of a prompt: `text · version 3 · production is 2`. */
export function promptFacts({ kind, version, labels }: Pick<PromptInfo, 'kind' | 'version' | 'labels'>): string {
  const pointed = Object.entries(labels).map(([label, of]) => `${label} is ${of}`);
  return [kind === 'chat' ? 'chat' : 'text', `version ${version}`, ...pointed].join(' · ');
}

/** The number of workflows that use a prompt: `1 workflow`, `3 workflows`, `not used`. */
export const usedText = (workflows: number): string =>
  workflows === 0 ? 'not used' : workflows === 1 ? '1 workflow' : `${workflows} workflows`;

/** A variable as templates write it. */
export const variableText = ({ name, isOptional }: PromptVariable): string => (isOptional ? `${name}?` : name);

/** The label or version that a use follows. */
export const followText = ({ label, version }: Pick<PromptUse, 'label' | 'version'>): string =>
  label !== undefined ? `follows ${label}` : version === undefined ? `follows ${newestLabel}` : `version ${version}`;

import { newestLabel, type PromptContent, type PromptInfo, type PromptUse, type PromptVariable } from '@heddle/core';

/** A new content of a kind. */
export const emptyContent = (kind: PromptContent['kind']): PromptContent =>
  kind === 'text' ? { kind, text: '' } : { kind, messages: [{ role: 'user', content: '' }] };

/** The labels of a version. */
export const labelsOf = ({ labels }: Pick<PromptInfo, 'labels'>, version: number): readonly string[] =>
  Object.entries(labels).flatMap(([label, of]) => (of === version ? [label] : []));

/** `text · version 3 · production is 2` */
export function promptFacts({ kind, version, labels }: Pick<PromptInfo, 'kind' | 'version' | 'labels'>): string {
  const pointed = Object.entries(labels).map(([label, of]) => `${label} is ${of}`);
  return [kind === 'chat' ? 'chat' : 'text', `version ${version}`, ...pointed].join(' · ');
}

/** `1 workflow`, `3 workflows`, `not used`. */
export const usedText = (workflows: number): string =>
  workflows === 0 ? 'not used' : workflows === 1 ? '1 workflow' : `${workflows} workflows`;

/** A variable as it is written. */
export const variableText = ({ name, isOptional }: PromptVariable): string => (isOptional ? `${name}?` : name);

/** Which version a use follows. */
export const followText = ({ label, version }: Pick<PromptUse, 'label' | 'version'>): string =>
  label !== undefined ? `follows ${label}` : version === undefined ? `follows ${newestLabel}` : `version ${version}`;

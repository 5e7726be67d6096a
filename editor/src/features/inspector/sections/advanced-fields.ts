import type { Issue, NodeDescription } from '@heddle/core';
import { useState } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import type { SchemaField } from '../../../ui/schema-form/schema-field.js';
import { useView } from '../../session/index.js';

/** A form with at most this number of settings shows all of them. */
const mostShown = 5;

interface FormParts {
  readonly basic: readonly SchemaField[];
  readonly advanced: readonly SchemaField[];
}

/** Divides settings into those that are always shown and those behind _Advanced_. If a type marks none as basic, all are shown. */
export function partsOf(fields: readonly SchemaField[]): FormParts {
  const basic = fields.filter(({ isBasic, isRequired }) => isBasic === true || isRequired);
  if (fields.length <= mostShown || !fields.some(({ isBasic }) => isBasic === true))
    return { basic: fields, advanced: [] };
  return { basic, advanced: fields.filter((field) => !basic.includes(field)) };
}

/** The settings whose value differs from the default. */
export function changedFields(
  fields: readonly SchemaField[],
  config: Readonly<Record<string, unknown>>,
  { defaults }: Pick<NodeDescription, 'defaults'>,
): readonly SchemaField[] {
  return fields.filter(({ name, standard }) => {
    const value = config[name];
    return value !== undefined && !isSame(value, defaults[name] ?? standard);
  });
}

/** Whether two values of a document are equal, whatever the order of their keys. */
function isSame(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || one === null || typeof other !== 'object' || other === null) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const left = new Map(Object.entries(one));
  const right = new Map(Object.entries(other));
  return left.size === right.size && [...left].every(([key, value]) => right.has(key) && isSame(value, right.get(key)));
}

/** The issues about the given settings. */
export const issuesOf = (issues: readonly Issue[], fields: readonly SchemaField[]): readonly Issue[] =>
  issues.filter(({ field }) => {
    const [first] = field?.split('.') ?? [];
    return fields.some(({ name }) => name === first);
  });

/** The node types whose advanced settings the user opened. Remembered while the page is open. */
const openedTypes = createStore<{ readonly types: ReadonlySet<string> }>(() => ({ types: new Set() }));

/**
 * Whether the advanced settings of a node are open. They open if the user opened them for this type, or if one of them has an issue,
 * differs from its default, or is requested. The user can close them until another reason to open them occurs.
 */
export function useAdvancedOpen(
  nodeId: string,
  type: string,
  {
    advanced,
    problems,
    changed,
  }: { readonly advanced: readonly SchemaField[]; readonly problems: number; readonly changed: number },
): { readonly isOpen: boolean; readonly toggle: () => void } {
  const isRemembered = useStore(openedTypes, ({ types }) => types.has(type));
  const asked = useView(({ requestedField }) =>
    requestedField?.node === nodeId ? requestedField.field?.split('.')[0] : undefined,
  );
  // Another reason opens a closed section. When a reason ends, the section stays open, because the user may still be in a field.
  const reasons = [problems > 0, changed > 0, advanced.some(({ name }) => name === asked)].filter(Boolean).length;
  const [state, setState] = useState({ isOpen: isRemembered || reasons > 0, reasons });
  if (reasons !== state.reasons) setState({ isOpen: state.isOpen || reasons > state.reasons, reasons });
  const { isOpen } = state;
  const toggle = (): void => {
    setState({ isOpen: !isOpen, reasons });
    openedTypes.setState(({ types }) => ({
      types: isOpen ? new Set([...types].filter((other) => other !== type)) : new Set([...types, type]),
    }));
  };
  return { isOpen, toggle };
}

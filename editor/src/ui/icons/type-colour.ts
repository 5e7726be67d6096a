import type { PortTypeName } from '@heddle/core';

/** The colour token of a port type. A list has the colour of its items. */
export function typeColour(type: PortTypeName | undefined): string {
  return type === undefined ? 'var(--type-unknown)' : `var(--type-${type.replace('[]', '').toLowerCase()})`;
}

/** Whether a port carries a list. Its handle is then drawn as a square. */
export function isListType(type: PortTypeName | undefined): boolean {
  return type?.endsWith('[]') === true;
}

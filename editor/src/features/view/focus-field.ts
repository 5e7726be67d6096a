import type { Issue } from '@heddle/core';
import { openPanel } from './panel-size.js';
import { selectNodes, type ViewStore } from './view-store.js';

/** Goes to a field of a node: selects the node, opens its settings and focuses the field. */
export function focusField(view: ViewStore, node: string, field: string): void {
  selectNodes(view, [node]);
  view.getState().canvas?.focus(node);
  view.setState({ requestedField: { node, field } });
  openPanel();
}

/** The field to which an issue belongs; undefined if it concerns the whole node. */
export function fieldOfIssue({ field, port }: Issue): string | undefined {
  return field ?? (port === undefined ? undefined : `port:${port}`);
}

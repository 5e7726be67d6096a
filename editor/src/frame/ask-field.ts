import type { Issue } from '@heddle/core';
import { openPanel } from '../panel/panel-size.js';
import { selectNodes, type ViewStore } from '../view/view-store.js';

/** Leads to a field of a node: selects it, opens its settings there and puts the focus on the field. */
export function askField(view: ViewStore, node: string, field: string): void {
  selectNodes(view, [node]);
  view.getState().canvas?.focus(node);
  view.setState({ askedField: { node, field } });
  openPanel();
}

/** The field that an issue is about, as fields name themselves; undefined where it is about the node as a whole. */
export function fieldOfIssue({ field, port }: Issue): string | undefined {
  return field ?? (port === undefined ? undefined : `port:${port}`);
}

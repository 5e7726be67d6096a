import type { WorkflowDocument } from '@heddle/core';

/** A workflow without nodes. */
export const emptyDocument = (name: string): WorkflowDocument => ({ heddle: 2, name, nodes: {}, edges: [] });

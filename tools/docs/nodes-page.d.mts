import type { NodeDescription } from '@heddle/core';

export function nodesPage(): Promise<string>;
export function nodeRow(node: Pick<NodeDescription, 'title' | 'type' | 'summary'>, category?: string): string;
export function nodeSection(node: NodeDescription): string;

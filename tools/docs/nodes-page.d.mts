import type { NodeDescription } from '@heddle/core';

export function nodesPage(): Promise<string>;
export function nodeSection(node: NodeDescription): string;

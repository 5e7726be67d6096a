export function newNode(root: string, name: string): string[];

export function newPage(root: string, name: string): string[];

export function newStore(root: string, name: string): string[];

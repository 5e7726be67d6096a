export function newChannel(root: string, name: string): string[];

export function pagesOf(root: string): string[];
export function linkProblems(root: string, files: readonly string[]): string[];

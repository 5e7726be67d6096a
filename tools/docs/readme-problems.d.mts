export function readmesOf(paths: readonly string[]): string[];
export function trackedFiles(root: string): string[];
export function readmeProblems(root: string, readme: string, paths: readonly string[]): string[];

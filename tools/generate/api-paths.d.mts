export const apiPathsFile: string;
export function apiPaths(): Promise<string>;

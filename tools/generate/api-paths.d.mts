export const apiPathsFile: string;
export function openApiDocument(): Promise<unknown>;
export function apiPaths(document: unknown): Promise<string>;
